"""What a running session holds: functions, and the values that they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gradc.errors import Span


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number (shape ``()``), a vector or a matrix, column by column."""

    values: tuple[float, ...]
    shape: tuple[int, ...] = ()
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """A vector of texts."""

    values: tuple[str, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Truths:
    """A vector of truths; in arithmetic they are numbers."""

    values: tuple[bool, ...]
    names: tuple[str, ...] | None = None

    @property
    def numbers(self) -> Numbers:
        """1 where it is true."""
        return Numbers(tuple(map(float, self.values)), (len(self.values),), self.names)


@dataclass(frozen=True, slots=True)
class Parts:
    """A list, or a data frame."""

    values: tuple[Given, ...]
    names: tuple[str, ...] | None = None
    is_frame: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A function of the session, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """A value that no model has, and what it is."""

    what: str


Given: TypeAlias = "Numbers | Truths | Texts | Parts | Held | Beyond | bool | None"


@dataclass(frozen=True, slots=True)
class HeldFunction:
    """Where a function is written, and the frames that it sees, the nearest first."""

    number: int
    span: Span
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The functions of a session, and the variables of its frames that they look at."""

    functions: Mapping[int, HeldFunction]
    variables: Mapping[int, Mapping[str, Given]]


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function is called with: ``name`` is its formal; parameters have ``is_param``.

    ``label`` is what the input is called, by default the formal's own name.
    """

    name: str
    value: Given
    is_param: bool = False
    label: str = ""


@dataclass(slots=True)
class Naming:
    """Names of inputs: one for each variable, the same for the same numbers under one name."""

    values: dict[str, Numbers] = field(default_factory=dict)
    params: list[str] = field(default_factory=list)

    def name(self, wanted: str, value: Numbers, *, is_param: bool = False) -> str:
        """The input's name; a parameter keeps its own."""
        if is_param:
            if wanted not in self.values:
                self.params.append(wanted)
                self.values[wanted] = value
            return wanted
        found, count = wanted, 2
        while found in self.values and (found in self.params or self.values[found] != value):
            found, count = f"{wanted}_{count}", count + 1
        self.values.setdefault(found, value)
        return found


def params_of(name: str, given: Given) -> list[tuple[str, Numbers]]:
    """The inputs that a value of the parameters is made of, in the order of R's ``unlist``."""
    if isinstance(given, Parts):
        return [pair for label, part in labelled(name, given) for pair in params_of(label, part)]
    if not isinstance(given, Numbers):
        return []
    if given.names is not None:
        return [(n, Numbers((v,))) for n, v in zip(given.names, given.values, strict=True)]
    return [(name, given)]


def labelled(name: str, parts: Parts) -> list[tuple[str, Given]]:
    """The parts of a list with names of their own: ``p.w``, ``p.2``."""
    labels = parts.names or ("",) * len(parts.values)
    return [
        (f"{name}.{label or place}", part)
        for place, (label, part) in enumerate(zip(labels, parts.values, strict=True), 1)
    ]


def nested(value: Numbers) -> object:
    """The numbers with their shape: a matrix as a list of rows."""
    if len(value.shape) == 2:
        rows = value.shape[0]
        return [list(value.values[k::rows]) for k in range(rows)]
    return list(value.values) if value.shape else value.values[0]
