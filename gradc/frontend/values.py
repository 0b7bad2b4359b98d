"""What an expression can be while it is evaluated.

A number is a graph node, a plain ``int``: nearly every value is one, so it has no wrapper.
A node is a scalar, or a vector whose elements are not told apart. A vector made of single
elements (``c(a, b)``, ``1:9``) is :class:`Elements`. A condition known at compile time is a
Python ``bool``, text a ``str``; everything else has a class here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from gradc.errors import Span

if TYPE_CHECKING:
    from gradc.frontend.actions import Action
    from gradc.frontend.scope import Scope


class Special(Enum):
    """Values of which there is one each."""

    NULL = "NULL"
    ABSENT = "an argument that is not there"
    NA = "NA"


NULL = Special.NULL
ABSENT = Special.ABSENT
NA = Special.NA

Atom: TypeAlias = "int | bool | str | Special"


class Elements:
    """A vector whose elements are known one by one; a single element stands for itself.

    It never changes, and still :meth:`replaced` costs nothing in a loop that fills a vector:
    the newest version owns the cells, and an older one says how it differs from a newer one
    (Baker 1991, "Shallow binding makes functional arrays fast").
    """

    __slots__ = ("_cells", "_newer", "_place", "_was", "names")

    def __init__(self, items: Iterable[Atom], names: tuple[str, ...] | None = None) -> None:
        self._cells: list[Atom] | None = list(items)
        self._newer: Elements | None = None
        self._place = 0
        self._was: Atom | None = None
        self.names = names

    def __len__(self) -> int:
        return len(self._own())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Elements):
            return NotImplemented
        return self.names == other.names and self.items == other.items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Elements({self.items!r})"

    @property
    def items(self) -> tuple[Atom, ...]:
        """All elements."""
        return tuple(self._own())

    def at(self, place: int) -> Atom:
        """One element, counted from 0."""
        return self._own()[place]

    def replaced(self, place: int, atom: Atom) -> Elements:
        """The vector with another element at a place, or with one more at its end."""
        cells = self._own()
        newer = Elements((), self.names if place < len(cells) else None)
        newer._cells = cells
        self._become_older(newer, place)
        cells[place : place + 1] = [atom]
        return newer

    def _become_older(self, newer: Elements, place: int) -> None:
        cells = newer._cells or []
        self._cells = None
        self._newer = newer
        self._place = place
        self._was = cells[place] if place < len(cells) else None

    def _own(self) -> list[Atom]:
        """The cells, taken back from the newer version that owns them."""
        if self._cells is not None:
            return self._cells
        chain: list[Elements] = []
        version = self
        while version._newer is not None:
            chain.append(version)
            version = version._newer
        cells = version._cells or []
        for older in reversed(chain):
            place, was = older._place, older._was
            older._cells, older._newer = cells, None
            version._become_older(older, place)
            cells[place : place + 1] = [] if was is None else [was]
            version = older
        return cells


@dataclass(frozen=True, slots=True)
class Items:
    """An R list."""

    values: tuple[Value, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A function of the user's (or of the prelude) and the scope it was written in."""

    node: int
    scope: Scope


@dataclass(slots=True)
class Promise:
    """An argument not looked at yet: R's arguments are lazy.

    Where it was looked at under conditions only, ``early`` says under which, and what it was
    then; ``clock`` is the time of the last look.
    """

    node: int
    scope: Scope
    value: Value | None = None
    running: bool = False
    early: tuple[tuple[tuple[int, ...], Value], ...] = ()
    clock: int = 0


@dataclass(frozen=True, slots=True)
class Dots:
    """What ``...`` stands for inside a function."""

    items: tuple[tuple[str | None, Value], ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """An expression that was quoted: ``quote(a + b)``, the right side of a formula."""

    node: int
    scope: Scope


@dataclass(frozen=True, slots=True)
class Formula:
    """``~ mean``, or ``response ~ mean``."""

    response: Quoted | None
    mean: Quoted
    span: Span


@dataclass(frozen=True, slots=True)
class Derivative:
    """``deriv(expression, names)``: a model that names its own parameters."""

    expression: Quoted | Formula
    names: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unresolved:
    """No value, and why: what is wrong is said when somebody uses it."""

    code: str
    message: str
    span: Span | None
    suggestion: str | None = None


Value: TypeAlias = (
    "int | bool | str | Special | Elements | Items | Closure | Action | Promise | Dots"
    " | Quoted | Formula | Derivative | Unresolved"
)


class Refusal(Exception):
    """What a function cannot do; whoever called it adds the place.

    ``argument`` is the number of the argument at fault, from 0, where one is; ``place`` a
    place that is better than the caller's.
    """

    def __init__(
        self,
        code: str,
        message: str,
        suggestion: str | None = None,
        argument: int | None = None,
        place: Span | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestion = suggestion
        self.argument = argument
        self.place = place


def describe(value: Value) -> str:
    """A value in words, for messages."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return "a number"
    if isinstance(value, str):
        return f"the text '{value}'" if len(value) <= 30 else "text"
    if isinstance(value, Special):
        return value.value
    if isinstance(value, Elements):
        what = "texts" if any(isinstance(item, str) for item in value.items) else "numbers"
        return f"a vector of {len(value)} {what}"
    if isinstance(value, Items):
        return "a list"
    return _WORDS.get(type(value).__name__, "a function")


_WORDS = {
    "Quoted": "a quoted expression",
    "Formula": "a formula",
    "Derivative": "the result of 'deriv'",
    "Dots": "'...'",
}
