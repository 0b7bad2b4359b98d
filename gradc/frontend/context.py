"""What the language's functions work with: the builder, known values, and a budget.

Functions receive values and give values; the conversions between scalars, vectors of single
elements and vector nodes are all here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradc.errors import Span
from gradc.frontend.columns import has_column, plain, with_column
from gradc.frontend.constants import Constants
from gradc.frontend.flat import has_flat, of_unknown_length, with_flat
from gradc.frontend.values import (
    ABSENT,
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
    Outcome,
    Refusal,
    Shape,
    Special,
    Stretch,
    Unresolved,
    Value,
    Whole,
    describe,
)
from gradc.ir import Graph
from gradc.prims import Builder, ShapeError
from gradc.syntax.rope import Text, TooLong, computed, has_values

if TYPE_CHECKING:
    from gradc.frontend.scope import Code, Scope
    from gradc.frontend.turn_results import Loop
    from gradc.syntax.tree import Tree

ELEMENTS_LIMIT = 1_000_000
"""The longest vector of single elements."""

STEPS_LIMIT = 10_000_000
"""Units of work for one model; a turn of a loop and a call cost TURN_COST, an element 1."""

FLAT_LIMIT = 5_000_000
"""The longest text that a function which looks at characters works on."""

TURN_COST = 20

LENGTH = "length of "
"""How the size of a parameter is called whose length is open."""

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
            return self.node(self._arrays([value])[0], argument)
        if isinstance(value, Elements):
            if not len(value):
                raise Refusal("G201", "a vector without elements has no value", None, argument)
            if value.dim is not None:
                raise Refusal("G201", "a matrix is no vector of numbers here", None, argument)
            return self.builder.stack([self.node(item, argument) for item in value.items])
        raise self.not_a_number(value, argument)

    def not_a_number(self, value: Value, argument: int | None = None) -> Refusal:
        """The complaint about a value that arithmetic cannot take."""
        if isinstance(value, Unresolved):
            return Refusal(value.code, value.message, value.suggestion, argument, value.span)
        if value is NA:
            return Refusal(
                "G202",
                "NA enters the arithmetic: everything computed from it is missing too",
                None,
                argument,
            )
        if value is ABSENT:
            return Refusal("G103", "an argument is empty here", None, argument)
        if isinstance(value, Text):
            is_short = value.length < 40
            message = f"text is no number: {value.flat()!r}" if is_short else "text is no number"
            return Refusal("G202", message, None, argument)
        if isinstance(value, Outcome):
            return Refusal("G104", f"{value.reason} is needed here", None, argument)
        if isinstance(value, Evaluated):
            return self.not_a_number(value.value, argument)
        if isinstance(value, Flat):
            return of_unknown_length(argument)
        if isinstance(value, Stretch):
            message = "a range that ends with the counter of a loop is for a loop to go through"
            return Refusal("G104", message, "cumsum(x)[i] is the sum of x[1:i]", argument)
        return Refusal("G202", f"{describe(value)} is no number", None, argument)

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
            return self.atoms(self._arrays([value])[0], argument)
        raise self.not_a_number(value, argument)

    def unknown_length(self, value: int, argument: int | None = None) -> Refusal:
        """The complaint about data whose length is asked for before they are there."""
        refusal = Refusal(
            "G104",
            "the length of this vector is known only when the data arrive",
            "use a function of the whole vector, such as sum()",
            argument,
        )
        names = self.vectors(value)
        if names:
            return NeedsKnown(refusal, set(), set(names))
        shape = self.graph.types[value].shape
        size = str(shape[0]) if shape else ""
        if not size.startswith(LENGTH):
            return refusal
        name = size.removeprefix(LENGTH)
        return Refusal(
            "G104",
            f"how many elements '{name}' has is not known",
            f'--at with a JSON file such as {{"{name}": [1, 2]}} tells it',
            argument,
        )

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
        if self.values and has_values(text):
            raise Refusal(
                "G104",
                "a number that only the inputs tell has no spelling to work on",
                "quote the expression that computes it",
            )
        try:
            flat = text.flat(FLAT_LIMIT)
        except TooLong as problem:
            raise Refusal(
                "G105",
                f"this works on the whole text, and it has {problem.text.length:,} characters",
                "paste the parts after changing them, and not before",
            ) from None
        self.spend(len(flat) // 100)
        return flat

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
        if has_flat(values):
            return with_flat(self, values, one)  # type: ignore[arg-type]
        if has_column(values):
            return with_column(self.graph, values, lambda given: self.elementwise(one, given))
        if all(isinstance(value, int) for value in values):
            if one in self.on_wholes and all(isinstance(v, (Whole, bool)) for v in values):
                return self._of_wholes(one, values)  # type: ignore[arg-type]
            return one(*(self.node(value) for value in values))
        if any(v.__class__ is int and self.graph.types[v].rank == 2 for v in values):
            from gradc.frontend.lifting import lifted

            return lifted(self, one, values)  # type: ignore[return-value]
        if self.is_python:
            if one in self.on_objects:
                found = self.on_objects[one](values)
                if found is not None:
                    return found
            values = self._arrays(values)
        if any(isinstance(value, (Evaluated, Outcome)) for value in values):
            values = [v.value if isinstance(v, Evaluated) else v for v in values]
            outcome = next((v for v in values if isinstance(v, Outcome)), None)
            return self.elementwise(one, values) if outcome is None else outcome
        if one in self.on_texts and any(_is_text(value) for value in values):
            return self._compare_texts(one, values)
        lengths = [self._operand_length(value, k) for k, value in enumerate(values)]
        if None in lengths:
            return one(*(self.node(value, k) for k, value in enumerate(values)))
        return self._one_by_one(one, values, [length or 0 for length in lengths])

    def _arrays(self, values: Sequence[Value]) -> Sequence[Value]:
        if not any(isinstance(value, Listing) for value in values):
            return values
        from gradc.frontend.python_objects import array_of

        return [array_of(self, value) for value in values]

    def whole_number(self, value: Value) -> Value:
        """The value as an R integer, where it is known to be one."""
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        number = self.constants.value(value)
        largest = 2**53 if self.is_python else 2**31
        is_whole = number is not None and number.is_integer() and abs(number) < largest
        return Whole(self.builder.const(number)) if is_whole and number is not None else value

    def _compare_texts(self, one: OneNode, values: Sequence[Value]) -> Value:
        """``==`` and ``!=`` of texts, which are known."""
        left, right = (self.atoms(value, k) for k, value in enumerate(values))
        count = max(len(left), len(right))
        if not left or not right:
            return Elements(())
        verdicts: list[Atom] = []
        for k in range(count):
            a, b = left[k % len(left)], right[k % len(right)]
            if NA in (a, b):
                verdicts.append(NA)
                continue
            if (
                isinstance(a, Text)
                and isinstance(b, Text)
                and self.characters(a) != self.characters(b)
            ):
                verdicts.append(self.on_texts[one]("", " "))  # as any two that differ
                continue
            verdicts.append(self.on_texts[one](self.as_characters(a), self.as_characters(b)))
        shaped = [v for v in values if isinstance(v, Elements) and len(v) == count]
        dim = next((v.dim for v in shaped if v.dim), None)
        return vector_of(verdicts, next((v.names for v in shaped if v.names), None), dim)

    def as_characters(self, atom: Atom, argument: int | None = None) -> str:
        """An element as ``as.character`` writes it; a number must be known."""
        from gradc.text.numbers import as_character

        if isinstance(atom, Text):
            return self.written_out(atom)
        if isinstance(atom, bool):
            return as_character(atom)
        if not isinstance(atom, int):
            return "NA"
        number = self.number(atom, argument)
        if number is None:
            refusal = Refusal(
                "G104",
                "a number that depends on the inputs cannot be written into text",
                "quote the expression, and the text says how it is computed",
                argument,
            )
            names = self.defaults(atom)
            raise NeedsKnown(refusal, set(names), set()) if names else refusal
        if self.is_logical(atom):
            return as_character(bool(number))
        return as_character(int(number) if isinstance(atom, Whole) else number)

    def _operand_length(self, value: Value, argument: int) -> int | None:
        if isinstance(value, (Elements, int)) or value is NA:
            return self.length_of(value)
        raise self.not_a_number(value, argument)

    def _one_by_one(self, one: OneNode, values: Sequence[Value], lengths: list[int]) -> Value:
        if 0 in lengths:
            return Elements(())
        count = max(lengths)
        for length in lengths:
            if length not in (1, count):
                raise ShapeError(_differ(count, length))
        dims = [v.dim for v in values if isinstance(v, Elements) and v.dim is not None]
        sizes = {dim.size for dim in dims}
        if len(sizes) > 1:
            raise ShapeError(f"matrices of {' and '.join(map(str, sorted(sizes)))} do not fit")
        self.spend(count)
        columns = [
            self.atoms(value, k) * (count if length == 1 else 1)
            for k, (value, length) in enumerate(zip(values, lengths, strict=True))
        ]
        shaped = (v for v in values if isinstance(v, Elements) and len(v) == count)
        names = next((v.names for v in shaped if v.names), None)
        dim = dims[0] if dims else None
        wholes = one in self.on_wholes
        rows = [self._single(one, row, wholes) for row in zip(*columns, strict=True)]
        if count == 1 and isinstance(rows[0], int) and self.number(rows[0]) is None:
            names = None  # What only the inputs tell is a single number to a model.
        return vector_of(rows, names, dim)

    def _single(self, one: OneNode, row: Sequence[Atom], wholes: bool = False) -> Atom:
        if NA in row:
            others = [item for item in row if item is not NA]
            for item in others:
                if self.number(item) is None:
                    raise self.not_a_number(NA, list(row).index(NA))
            return NA
        if wholes and all(isinstance(item, (Whole, bool)) for item in row):
            return self._of_wholes(one, row)  # type: ignore[arg-type, return-value]
        return one(*(self.node(item, k) for k, item in enumerate(row)))

    def _of_wholes(self, one: OneNode, values: Sequence[int]) -> Value:
        """A function of integers; those of Python have any number of digits."""
        exact = self.exact.get(one)
        if exact is None:
            return self.whole_number(one(*(self.node(value) for value in values)))
        numbers = [v if isinstance(v, bool) else self.constants.value(v) for v in values]
        if None not in numbers:
            found = exact(*(n if isinstance(n, bool) else int(n or 0) for n in numbers))
            if found is not None:
                return found if isinstance(found, bool) else self.integer(found)
        return one(*(self.node(value) for value in values))

    def integer(self, number: int) -> Whole:
        """A known integer, where a double is equal to it."""
        try:
            double = float(number)
        except OverflowError:
            raise Refusal("G104", "this integer is too large for a double") from None
        if int(double) != number:
            raise Refusal("G104", f"no double is equal to the integer {number}")
        return Whole(self.builder.const(double))

    def shapes_differ(self, error: ShapeError, values: Sequence[Value]) -> Refusal:
        """The complaint about vectors that do not fit together."""
        return Refusal("G201", str(error), None, 1 if len(values) > 1 else 0)


def _is_text(value: Value) -> bool:
    if isinstance(value, Elements):
        return any(isinstance(item, Text) for item in value.items)
    return isinstance(value, Text)


def _differ(first: int, second: int) -> str:
    return f"lengths {first} and {second} differ"
