"""What is run, and what comes back: programs, numbers, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradc.emit import Trace

Value = float | Sequence[float] | Sequence[Sequence[float]]
Point = Mapping[str, Value]

TARGETS = ("r", "tmb", "numpy", "tf", "keras", "sympy")
KINDS = ("param", "data", "random")

_MAIN_FILE = {
    "r": "{}.R",
    "tmb": "{}.cpp",
    "numpy": "{}_numpy.py",
    "tf": "{}_tf.py",
    "keras": "{}_keras.py",
    "sympy": "{}_sympy.py",
}
# Keras runs in the process that has TensorFlow already, which takes seconds to start.
_TOOLCHAIN = {"keras": "tf"}


def toolchain_of(target: str) -> str:
    """Whose process runs what is emitted for a target."""
    return _TOOLCHAIN.get(target, target)


@dataclass(frozen=True, slots=True)
class Argument:
    """One input of an emitted program: the user's name, the emitted name, the kind."""

    name: str
    emitted: str
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"an argument is one of {', '.join(KINDS)}, not {self.kind!r}")
        _check_identifier(self.emitted)


@dataclass(frozen=True, slots=True)
class Program:
    """An emitted program with all that is needed to call it.

    ``arguments`` stand in calling order, parameters first. ``per_observation`` says
    whether the value has one entry a row; R and TMB have no scalars, so where it is
    ``None`` a single number coming back from them counts as a scalar. ``reports`` are results
    with a name, and what each is called in the program. ``trace`` says what its intermediate
    results are.
    """

    target: str
    name: str
    files: Mapping[str, str]
    arguments: tuple[Argument, ...]
    hessian: bool = False
    dtype: str = "float64"
    per_observation: bool | None = None
    reports: Mapping[str, str] = field(default_factory=dict)
    trace: Trace | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise ValueError(f"a program runs in {', '.join(TARGETS)}, not in {self.target!r}")
        if self.dtype not in ("float64", "float32"):
            raise ValueError(f"unknown dtype {self.dtype!r}")
        _check_identifier(self.name)
        if self.main_file not in self.files:
            raise ValueError(f"the program has no file {self.main_file!r}")

    @property
    def main_file(self) -> str:
        """Name of the file that is called."""
        return _MAIN_FILE[self.target].format(self.name)

    @property
    def toolchain(self) -> str:
        """Whose process runs the program."""
        return toolchain_of(self.target)

    @property
    def text(self) -> str:
        """The source text that is called."""
        return self.files[self.main_file]

    @property
    def parameters(self) -> tuple[Argument, ...]:
        """Arguments with a derivative."""
        return tuple(a for a in self.arguments if a.kind == "param")


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody else's automatic differentiation says at one point.

    A gradient is ``None`` where the toolchain has none to offer.
    """

    value: float | list[float] | None
    gradient: dict[str, Any]
    error: ToolchainError | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a program computed at one point.

    Shapes: ``gradient[p]`` has the shape of the value followed by the shape of ``p``,
    ``hessian[p][q]`` that of the value, of ``p`` and of ``q``, as nested lists of rows.
    Where ``gradient_of_sum`` (``hessian_of_sum``) is set, the toolchain differentiates
    only the sum of a value that has rows, and the leading shape is absent.
    """

    value: float | list[float]
    gradient: dict[str, Any]
    hessian: dict[str, dict[str, Any]] | None = None
    gradient_of_sum: bool = False
    hessian_of_sum: bool = False
    witness: Mapping[str, Witness] = field(default_factory=dict)
    reports: Mapping[str, Any] = field(default_factory=dict)


class ToolchainError(Exception):
    """A toolchain, or the program inside it, did not answer.

    Codes: G401 missing, G402 did not start, G403 compilation failed, G404 crashed,
    G405 time limit, G406 memory limit, G407 the program itself raised,
    G408 asked for something that this toolchain cannot do.
    """

    def __init__(self, code: str, message: str, remedy: str | None = None) -> None:
        super().__init__(code, message, remedy)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


Answer = Numbers | ToolchainError


@dataclass(frozen=True, slots=True)
class ToolchainStatus:
    """What was found out about one toolchain by starting it."""

    name: str
    available: bool
    version: str | None
    detail: str
    remedy: str | None = None


def _check_identifier(name: str) -> None:
    # R allows a dot inside a name; nothing else may reach a file's name.
    if not name.replace(".", "_").isidentifier():
        raise ValueError(f"{name!r} is not an emitted identifier")
