"""What the language's functions work with: the builder, known values, and a budget.

Functions receive values and give values; the conversions between scalars, vectors of single
elements and vector nodes are all here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradc.errors import Span
from gradc.frontend.columns import plain
from gradc.frontend.complaints import not_a_number, unknown_length
from gradc.frontend.constants import Constants
from gradc.frontend.values import (
    NA,
    NULL,
    Atom,
    Column,
    Elements,
    Evaluated,
    Expressions,
    Filled,
    Flat,
    Items,
    Listing,
    NeedsKnown,
    Refusal,
    Shape,
    Special,
    Stretch,
    Value,
    Whole,
    describe,
)
from gradc.ir import Graph
from gradc.prims import Builder
from gradc.syntax.rope import Text, computed, has_values

if TYPE_CHECKING:
    from gradc.frontend.scope import Code, Scope
    from gradc.frontend.turn_results import Loop
    from gradc.syntax.tree import Tree

ELEMENTS_LIMIT = 1_000_000
"""The longest vector of single elements."""

STEPS_LIMIT = 10_000_000
"""Units of work for one model; a turn of a loop and a call cost TURN_COST, an element 1."""

TURN_COST = 20

_SHORT = 100
"""Below so many characters a text that a call makes again is the same object again."""

OneNode = Callable[..., "int | bool | Special"]


def vector_of(
    items: Sequence[Atom], names: tuple[str, ...] | None = None, dim: Shape | None = None
) -> Value:
    """The vector of these elements; a single one without a name is the element itself."""
    if len(items) == 1 and names is None and dim is None:
        return items[0]
    return Elements(items, names, dim)


class Context:
    """The graph being built and what is known about it."""

    __slots__ = (
        "at",
        "attached",
        "builder",
        "code_of",
        "constants",
        "count_along",
        "defaults",
        "exact",
        "graph",
        "ignored",
        "is_python",
        "on_objects",
        "on_texts",
        "on_wholes",
        "open_loops",
        "pieces",
        "steps",
        "texts",
        "trees",
        "values",
        "vectors",
    )

    def __init__(
        self,
        graph: Graph,
        is_python: bool,
        defaults: Callable[[int], Sequence[str] | None],
        vectors: Callable[[int], Sequence[str] | None],
        code_of: Callable[[Tree], Code],
    ) -> None:
        self.graph = graph
        self.builder = Builder(graph)
        self.constants = Constants(graph)
        self.is_python = is_python
        self.defaults = defaults
        self.vectors = vectors
        self.code_of = code_of
        self.count_along: Callable[[int], tuple[int, int] | None] = lambda node: None
        self.steps = 0
        self.on_texts: dict[OneNode, Callable[[str, str], bool]] = {}
        self.on_wholes: set[OneNode] = set()
        self.pieces: dict[tuple[int, int, str], Text] = {}
        self.exact: dict[OneNode, Callable[..., int | bool | None]] = {}
        self.on_objects: dict[OneNode, Callable[[Sequence[Value]], Value | None]] = {}
        self.at: tuple[Scope, int] | None = None
        self.texts: list[tuple[Tree, Text]] = []
        self.trees: dict[int, Tree] = {}
        self.values: dict[str, Value] = {}
        self.ignored: dict[str, Span] = {}
        self.attached: dict[str, tuple[Value, Value]] = {}
        self.open_loops: list[Loop] = []

    def element_of(self, item: Filled, index: int) -> int:
        """An element of a vector that a loop over data is filling."""
        from gradc.frontend.turns import read

        loop = next((loop for loop in self.open_loops if loop.number == item.loop), None)
        if loop is None:
            raise Refusal("G104", f"'{item.name}' is filled by a loop that has ended", None, 0)
        return read(self.graph, loop, item, index)

    def spend(self, count: int) -> None:
        """Count work done, so that no loop runs for ever."""
        self.steps += count
        if self.steps > STEPS_LIMIT:
            raise Refusal(
                "G105",
                "this takes too many steps to write out",
                f"the limit is {STEPS_LIMIT // TURN_COST:,} turns of loops and calls",
            )

    def length_of(self, value: Value) -> int | None:
        """How many elements a value has; None where only data can tell."""
        if isinstance(value, Evaluated):
            value = value.value
        while isinstance(value, Filled):
            value = value.before
        if isinstance(value, (Flat, Stretch)):
            return None
        if isinstance(value, Elements):
            return len(value)
        if isinstance(value, Items):
            return len(value.values)
        if isinstance(value, Expressions):
            return len(value.quoted)
        if isinstance(value, Listing):
            return len(value.items)
        if value is NULL:
            return 0
        if isinstance(value, int) and not isinstance(value, bool):
            shape = self.graph.types[value].shape
            if not shape:
                return 1
            if len(shape) == 2:
                return None
            size = shape[0].substitute(self.graph.bindings)
            return size.constant if size.is_known else None
        return 1

    def node(self, value: Value, argument: int | None = None) -> int:
        """A value as one graph node; elements are stacked."""
        if value.__class__ is int:
            return value
        if isinstance(value, bool):
            return self.builder.const(float(value))
        if isinstance(value, (Whole, Column)):
            return int(value)
        if isinstance(value, Evaluated):
            return self.node(value.value, argument)
        if isinstance(value, Listing):
            return self.node(self.arrays([value])[0], argument)
        if isinstance(value, Elements):
            if not len(value):
                raise Refusal("G201", "a vector without elements has no value", None, argument)
            if value.dim is not None:
                raise Refusal("G201", "a matrix is no vector of numbers here", None, argument)
            return self.builder.stack([self.node(item, argument) for item in value.items])
        raise self.not_a_number(value, argument)

    def not_a_number(self, value: Value, argument: int | None = None) -> Refusal:
        """The complaint about a value that arithmetic cannot take."""
        return not_a_number(value, argument)

    def atoms(self, value: Value, argument: int | None = None) -> tuple[Atom, ...]:
        """The elements of a vector, one by one."""
        value = plain(value)
        if isinstance(value, Elements):
            return value.items
        if value is NULL:
            return ()
        if isinstance(value, Whole):
            return (value,)
        if value.__class__ is int:
            count = self.length_of(value)
            if count is None:
                raise self.unknown_length(value, argument)
            node: int = value
            if not self.graph.types[node].shape:
                return (node,)
            return self._indexed(node, count)
        if isinstance(value, (bool, Text)) or value is NA:
            return (value,)
        if isinstance(value, Evaluated):
            return self.atoms(value.value, argument)
        if isinstance(value, Listing):
            return self.atoms(self.arrays([value])[0], argument)
        raise self.not_a_number(value, argument)

    def unknown_length(self, value: int, argument: int | None = None) -> Refusal:
        """The complaint about data whose length is asked for before they are there."""
        shape = self.graph.types[value].shape
        return unknown_length(self.vectors(value), shape[0] if shape else None, argument)

    def text(self, value: Value, what: str, argument: int | None = None) -> Text:
        """One text."""
        if isinstance(value, Elements) and len(value) == 1:
            value = value.at(0)
        if isinstance(value, Text):
            return value
        message = f"{what} must be a text, and this is {describe(value)}"
        raise Refusal("G202", message, None, argument)

    def flat(self, value: Value, what: str, argument: int | None = None) -> str:
        """The characters of one text."""
        return self.written_out(self.text(value, what, argument))

    def written_out(self, text: Text) -> str:
        """The characters of a text, counted as work done."""
        from gradc.frontend.written import written_out

        return written_out(self, text)

    def characters(self, text: Text) -> int:
        """How many characters a text has, without writing it out."""
        if self.values and has_values(text):
            self.written_out(text)
        return text.length

    def made(self, text: str) -> Text:
        """A text that a function computed, at the call that is being evaluated."""
        if self.at is None:
            return computed(text, None)
        scope, node = self.at
        key = scope.code.number, node, text
        found = self.pieces.get(key) if scope.place is None else None
        if found is None:
            found = computed(text, scope.span(node))
            if scope.place is None and len(text) < _SHORT:
                self.pieces[key] = found
        return found

    def here(self) -> Span | None:
        """The place of the call that is being evaluated."""
        return self.at[0].span(self.at[1]) if self.at is not None else None

    def ignore(self, name: str) -> None:
        """A call that does nothing to a model was passed over."""
        here = self.here()
        if here is not None:
            self.ignored.setdefault(name, here)

    def _indexed(self, node: int, count: int) -> tuple[Atom, ...]:
        """The elements of a vector node; those of a condition are conditions."""
        b = self.builder
        if self.graph.types[node].dtype != "bool":
            return tuple(b.index(node, i) for i in range(1, count + 1))
        numbers, zero = b.real(node), b.const(0.0)
        return tuple(b.apply("ne", (b.index(numbers, i), zero)) for i in range(1, count + 1))

    def number(self, value: Value, argument: int | None = None) -> float | None:
        """The value of one number where it is known, None where it depends on inputs."""
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, int):
            return self.constants.value(value)
        if isinstance(value, Evaluated):
            return self.number(value.value, argument)
        if isinstance(value, Elements):
            if len(value) == 1:
                return self.number(value.at(0), argument)
            raise Refusal(
                "G201", f"one number is needed here, not {describe(value)}", None, argument
            )
        raise self.not_a_number(value, argument)

    def known(self, value: Value, what: str, argument: int | None = None) -> float:
        """The value of one number that must be known; ``what`` names its purpose."""
        number = self.number(value, argument)
        if number is None:
            is_length = isinstance(value, int) and self.graph.prim(value) == "length"
            reason = (
                "the length of data is known only when the data arrive"
                if is_length
                else f"{what} must be known when the model is compiled"
            )
            hint = "use a function of the whole vector, such as sum()" if is_length else None
            refusal = Refusal("G104", reason, hint, argument)
            below = self.vectors if is_length else self.defaults
            names = below(value) if isinstance(value, int) else None
            if names:
                known = set(names)
                raise NeedsKnown(refusal, set() if is_length else known, known)
            raise refusal
        return number

    def whole(self, value: Value, what: str, argument: int | None = None) -> int:
        """A known number without its fraction."""
        number = self.known(value, what, argument)
        if number != number or abs(number) > 2**53:
            raise Refusal("G103", f"{what} cannot be {number!r}", None, argument)
        return int(number)

    def flag(self, value: Value, what: str, argument: int | None = None) -> bool:
        """A known TRUE or FALSE."""
        return bool(self.known(value, what, argument))

    def is_logical(self, atom: Atom) -> bool:
        """Whether an element is a condition."""
        if isinstance(atom, bool):
            return True
        return isinstance(atom, int) and self.graph.types[atom].dtype == "bool"

    def truth(self, value: Value) -> bool | None:
        """Which way a condition goes; None where only the inputs can tell."""
        if isinstance(value, bool):
            return value
        if value is NA:
            raise Refusal("G202", "this condition is NA")
        count = self.length_of(value) if isinstance(value, (int, Elements)) else 1
        if count is not None and count != 1:
            raise Refusal(
                "G201",
                f"a condition must be one TRUE or FALSE, and this one has {count} elements",
                "use ifelse() to choose element by element",
            )
        number = self.number(value)
        if number is not None and number != number:
            raise Refusal("G202", "this condition is neither TRUE nor FALSE: it is NaN")
        return None if number is None else bool(number)

    def elementwise(self, one: OneNode, values: Sequence[Value]) -> Value:
        """A function of single numbers applied to vectors, element by element."""
        from gradc.frontend.recycling import elementwise

        return elementwise(self, one, values)

    def arrays(self, values: Sequence[Value]) -> Sequence[Value]:
        """The values, lists of Python among them as vectors."""
        if not any(isinstance(value, Listing) for value in values):
            return values
        from gradc.frontend.python.objects import array_of

        return [array_of(self, value) for value in values]

    def whole_number(self, value: Value) -> Value:
        """The value as an R integer, where it is known to be one."""
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        number = self.constants.value(value)
        largest = 2**53 if self.is_python else 2**31
        is_whole = number is not None and number.is_integer() and abs(number) < largest
        return Whole(self.builder.const(number)) if is_whole and number is not None else value

    def as_characters(self, atom: Atom, argument: int | None = None) -> str:
        """An element as ``as.character`` writes it; a number must be known."""
        from gradc.frontend.written import as_characters

        return as_characters(self, atom, argument)

    def integer(self, number: int) -> Whole:
        """A known integer, where a double is equal to it."""
        try:
            double = float(number)
        except OverflowError:
            raise Refusal("G104", "this integer is too large for a double") from None
        if int(double) != number:
            raise Refusal("G104", f"no double is equal to the integer {number}")
        return Whole(self.builder.const(double))
