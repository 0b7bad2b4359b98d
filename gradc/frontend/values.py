"""What an expression can be while it is evaluated.

A number is a graph node, a plain ``int``: nearly every value is one, so it has no wrapper.
A node is a scalar, or a vector whose elements are not told apart. A vector made of single
elements (``c(a, b)``, ``1:9``) is :class:`Elements`. A condition known at compile time is a
Python ``bool``, text a :class:`~gradc.syntax.rope.Text`; everything else has a class here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from gradc.errors import GradcError, Span
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.actions import Action
    from gradc.frontend.scope import Moment, Scope


class Special(Enum):
    """Values of which there is one each."""

    NULL = "NULL"
    ABSENT = "an argument that is not there"
    NA = "NA"


NULL = Special.NULL
ABSENT = Special.ABSENT
NA = Special.NA


class Whole(int):
    """A node whose value is an R integer: ``100000L`` is written 100000, and 1e5 is not.

    Arithmetic takes it for the node that it is.
    """

    __slots__ = ()


class Column(int):
    """A vector of the graph that is a matrix of one column in R, as ``X %*% b`` is.

    A number is a matrix of one cell; ``c()`` and ``drop()`` give a plain vector. Arithmetic takes
    it for the node that it is.
    """

    __slots__ = ()


Atom: TypeAlias = "int | bool | Text | Special"

Labels: TypeAlias = "tuple[str, ...] | None"


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions of a matrix, and the names of its rows and columns."""

    rows: int
    columns: int
    row_names: Labels = None
    column_names: Labels = None

    @property
    def size(self) -> tuple[int, int]:
        return self.rows, self.columns


class Elements:
    """A vector whose elements are known one by one; a single element stands for itself.

    It never changes, and still :meth:`replaced` costs nothing in a loop that fills a vector:
    the newest version owns the cells, and an older one says how it differs from a newer one
    (Baker 1991, "Shallow binding makes functional arrays fast").
    """

    __slots__ = ("_cells", "_newer", "_place", "_was", "dim", "names")

    def __init__(
        self,
        items: Iterable[Atom],
        names: tuple[str, ...] | None = None,
        dim: Shape | None = None,
    ) -> None:
        self._cells: list[Atom] | None = list(items)
        self._newer: Elements | None = None
        self._place = 0
        self._was: Atom | None = None
        self.names = names
        self.dim = dim

    def __len__(self) -> int:
        return len(self._own())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Elements):
            return NotImplemented
        return self.names == other.names and self.dim == other.dim and self.items == other.items

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
        is_inside = place < len(cells)
        newer = Elements((), self.names if is_inside else None, self.dim if is_inside else None)
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
    """An R list; a data frame is a list of columns."""

    values: tuple[Value, ...]
    names: tuple[str, ...] | None = None
    is_frame: bool = False


@dataclass(slots=True, eq=False)
class Listing:
    """A list, a tuple or a set of Python: an object that its names share, and that may change."""

    items: list[Value]
    is_tuple: bool = False
    is_set: bool = False


@dataclass(slots=True, eq=False)
class Mapped:
    """A dict of Python; ``entries`` go from what identifies a key to the key and its value."""

    entries: dict[Hashable, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of a value: ``text.join``."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """An object of one of Python's modules that is known as it is: a pattern, a match."""

    what: str
    held: object


@dataclass(frozen=True, slots=True)
class Filled:
    """A vector whose elements a loop over data sets, during a turn of that loop.

    ``before`` is the vector before the loop; ``index`` the node of the place that this turn has
    set, and ``value`` what it was set to, None before that.
    """

    loop: int
    name: str
    before: Value
    index: int | None = None
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range with an end that runs with a loop, see :mod:`gradc.frontend.stretches`.

    ``values`` are all places that it has in any turn; ``low`` and ``high`` are the nodes of its
    ends where these run, and ``least`` is what that end is in the first turn.
    """

    values: int
    low: int | None
    high: int | None
    least: int


@dataclass(frozen=True, slots=True)
class Flat:
    """The numbers of a matrix of data column by column, see :mod:`gradc.frontend.flat`."""

    matrix: int


@dataclass(frozen=True, slots=True)
class Closure:
    """A function of the user's (or of the prelude) and the scope it was written in.

    Python finds the values of its ``defaults`` when it meets the definition, R when it calls.
    """

    node: int
    scope: Scope
    defaults: tuple[Value | None, ...] | None = None


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
    """An expression that was quoted: ``quote(a + b)``, a text that was parsed."""

    node: int
    scope: Scope

    @property
    def span(self) -> Span:
        return self.scope.span(self.node)


@dataclass(frozen=True, slots=True)
class Formula:
    """``~ mean``, or ``response ~ mean``: a quoted call of ``~`` with its environment."""

    call: Quoted
    response: Quoted | None
    mean: Quoted

    @property
    def span(self) -> Span:
        return self.call.span


@dataclass(frozen=True, slots=True)
class Expressions:
    """What ``parse`` and ``expression`` give: several quoted expressions."""

    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Sink:
    """A call that makes a model: ``deriv``, ``optim``, ``nls`` and their like.

    ``target`` is what is differentiated, ``names`` are the parameters where the call names
    them. ``start`` is the vector that a function's first argument begins with, ``given`` are
    values of further inputs, ``callee`` the call's name. ``formals`` are the arguments of the
    function that ``deriv`` makes with ``function.arg``. ``moment`` has the variables as they
    are at the call, where it evaluates: what a script assigns later is not what it sees.
    """

    callee: str
    target: Quoted | Formula | Closure | int
    span: Span
    names: tuple[str, ...] | None = None
    start: Value | None = None
    given: tuple[tuple[str, Value], ...] = ()
    formals: tuple[str, ...] | None = None
    moment: Moment | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a sink, or of anything that only running tells: no number is known.

    Where the sink is None, ``reason`` says what would have to run.
    """

    sink: Sink | None
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The value of a derivative that R has as an expression, and the model that it is of."""

    sink: Sink
    value: Value


@dataclass(frozen=True, slots=True)
class Unresolved:
    """No value, and why: what is wrong is said when somebody uses it."""

    code: str
    message: str
    span: Span | None
    suggestion: str | None = None


Value: TypeAlias = (
    "int | bool | Text | Special | Elements | Items | Closure | Action | Promise | Dots"
    " | Quoted | Formula | Expressions | Sink | Outcome | Evaluated | Unresolved"
    " | Listing | Mapped | Bound | Known | Filled | Flat | Stretch"
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


class NeedsKnown(Refusal):
    """The program has to know inputs: their values, or the lengths of their data.

    The script gives both; reading it again with these fixed may succeed.
    """

    def __init__(self, refusal: Refusal, values: set[str], lengths: set[str]) -> None:
        super().__init__(
            refusal.code, refusal.message, refusal.suggestion, refusal.argument, refusal.place
        )
        self.values = values
        self.lengths = lengths


class Undecided(GradcError):
    """As :class:`NeedsKnown`, with the place where it was found out."""

    def __init__(
        self,
        error: GradcError,
        values: set[str],
        lengths: set[str],
        counts: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(*error.diagnostics)
        self.values = values
        self.lengths = lengths
        self.counts = counts or {}


def describe(value: Value) -> str:
    """A value in words, for messages."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return "a number"
    if isinstance(value, Text):
        return f"the text '{value.flat()}'" if value.length <= 30 else "text"
    if isinstance(value, Special):
        return value.value
    if isinstance(value, Elements):
        what = "texts" if any(isinstance(item, Text) for item in value.items) else "numbers"
        return f"a vector of {len(value)} {what}"
    if isinstance(value, Items):
        return "a list"
    if isinstance(value, Known):
        return value.what
    return _WORDS.get(type(value).__name__, "a function")


_WORDS = {
    "Quoted": "a quoted expression",
    "Formula": "a formula",
    "Expressions": "quoted expressions",
    "Sink": "the result of 'deriv'",
    "Outcome": "a result that only running tells",
    "Dots": "'...'",
    "Listing": "a list",
    "Mapped": "a dict",
    "Filled": "a vector that a loop fills",
    "Stretch": "a range that ends with the counter of a loop",
    "Flat": "a vector of all numbers of a matrix of data",
    "Bound": "a method",
}
