"""A Python file of the user in a process of its own, and calls of its functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.pool import Worker
from gradc.run.wire import Tensor, tensor

SECONDS = 120.0
"""How long reading the file, and each call, may take."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What user code raised, in one line, and the last line of the file that it came through."""

    message: str
    line: int | None
    tapes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One value of a call: ``by`` position, or put in place of a ``global`` name.

    ``form`` is ``number``, ``list``, ``numpy.DTYPE``, ``tensor.DTYPE`` or ``variable.DTYPE``.
    """

    name: str
    value: Any
    form: str
    by: str = "position"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a result: what it is, and its numbers if it has any."""

    kind: str
    tensor: Tensor | None

    @property
    def is_none(self) -> bool:
        return self.kind == "none"

    @property
    def dtype(self) -> str:
        """The type of the numbers; Python's own are doubles."""
        return self.kind.partition(".")[2] or "float64"


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave, and what was seen on the way.

    ``several`` says that it is a tuple, a list or a dict of parts. ``tapes``, ``lines`` and
    ``calls`` are as :class:`gradc.run.watched.Watch` notes them.
    """

    parts: tuple[Part, ...]
    keys: tuple[str, ...]
    several: bool
    tapes: tuple[Mapping[str, Any], ...] = ()
    lines: tuple[Mapping[str, Any], ...] = ()
    calls: tuple[Sequence[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A file that was imported: the numbers behind its names, and tapes of its top level."""

    numbers: Mapping[str, tuple[str, Tensor]]
    functions: frozenset[str]
    tapes: tuple[Mapping[str, Any], ...] = ()


@dataclass
class ModuleSession:
    """A Python file in a child; close it when done."""

    path: Path
    tensorflow: bool = False
    _worker: Worker = field(default_factory=lambda: Worker("python"))

    def __enter__(self) -> ModuleSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._worker.end()

    def version(self) -> str:
        """The version of Python that runs the file."""
        return str(self._worker.found()["version"])

    def module(self) -> Module | Raised:
        """Import the file.

        Raises: ToolchainError where the process does not answer.
        """
        header, tensors = self._ask({"ask": "describe"}, {})
        if "raised" in header:
            return Raised(**header["raised"], tapes=tuple(header["tapes"]))
        numbers = {name: (kind, tensors[name]) for name, kind in header["numbers"].items()}
        return Module(numbers, frozenset(header["functions"]), tuple(header["tapes"]))

    def call(
        self,
        function: str,
        given: Sequence[Given],
        *,
        wrt: Sequence[str] = (),
        tape: bool = False,
        trace: bool = False,
        watched: str | None = None,
    ) -> Result | Raised:
        """Call a function; with ``tape``, what TensorFlow's tape gives of its sum.

        Raises: ToolchainError where the process does not answer, ValueError for a value that is
        no number, vector or matrix.
        """
        values = {item.name: tensor(item.value) for item in given}
        said = [{"name": item.name, "form": item.form, "by": item.by} for item in given]
        asked: dict[str, Any] = {"ask": "call", "function": function, "arguments": said}
        asked |= {"wrt": list(wrt), "tape": tape, "trace": trace, "watched": watched}
        header, tensors = self._ask(asked, values)
        if "raised" in header:
            return Raised(**header["raised"])
        parts = tuple(
            Part(part["kind"], tensors.get(str(number)))
            for number, part in enumerate(header["parts"])
        )
        seen = (tuple(header[name]) for name in ("tapes", "lines", "calls"))
        return Result(parts, tuple(header["keys"]), header["several"], *seen)

    def _ask(
        self, asked: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        limits: dict[str, Any] = {"timeout": SECONDS, "memory": DEFAULT_MEMORY}
        with self._worker.lock:
            load = {"path": str(self.path.resolve()), "tensorflow": self.tensorflow}
            self._worker.load("module", load, **limits)
            asked = {"do": "evaluate", "key": "module", **asked}
            reply = self._worker.ask(asked, tensors, **limits)
        return reply.header, reply.tensors
