"""Where an element of a vector or a matrix is found: places, and views of what is stored.

A view (a slice, a transposed matrix, ``u[group]``) computes nothing: its element is an element
of something else. Places count from 0 here, as in C++.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradc.ir import Graph, Size, known

NOTHING = known(0)


@dataclass(frozen=True, slots=True)
class Place:
    """``variable + offset``, or where ``falls`` ``offset - variable``; no variable is 0."""

    variable: str = ""
    offset: Size = NOTHING
    falls: bool = False

    def shifted(self, by: Size, factor: int = 1) -> Place:
        """So many places further on."""
        return Place(self.variable, self.offset.plus(by, factor), self.falls)

    def mirrored(self, length: Size) -> Place:
        """As far from the end as this is from the beginning."""
        offset = length.plus(known(1), -1).plus(self.offset, -1)
        return Place(self.variable, offset, not self.falls)

    def text(self, size_text: Callable[[Size], str]) -> str:
        """The place as C++ writes it."""
        if not self.variable:
            return size_text(self.offset)
        offset = size_text(self.offset)
        if self.falls:
            subtracted = f"({self.variable})" if " " in self.variable else self.variable
            return f"{offset} - {subtracted}"
        if self.offset == NOTHING:
            return self.variable
        if offset.startswith("-"):
            return f"{self.variable} - {offset[1:]}"
        return f"{self.variable} + {offset}"


Places = tuple[Place, ...]
"""A row, or a row and a column."""

VIEWS = frozenset(
    {
        "slice", "rev", "t", "spread_rows", "spread_cols", "get_col", "get_row", "diag_part",
        "index", "entry", "gather", "gather_rows", "gather_cells",
        "reshape", "as_vector", "seq_along",
    }
)  # fmt: skip
"""Primitives whose elements are elements of their first argument, or tell their own place."""

COUNTED = "seq_along"

_INDEXED = frozenset({"gather", "gather_rows", "gather_cells"})


def first(number: int) -> Place:
    """The place of a number that counts from 1."""
    return Place("", known(number - 1))


def size_of(graph: Graph, node: int, axis: int = 0) -> Size:
    """One size of a node, its symbols replaced by what they are bound to."""
    return graph.types[node].shape[axis].substitute(graph.bindings)


def is_integer_shift(graph: Graph, node: int) -> tuple[int, int] | None:
    """``(x, k)`` where a node is ``x + k`` with a whole number k."""
    record = graph.records[node]
    if record[0] not in ("add", "sub"):
        return None
    for x, other in ((record[2], record[3]), (record[3], record[2])):
        if graph.is_const(other) and graph.value(other).is_integer():
            shift = int(graph.value(other))
            if record[0] == "add":
                return x, shift
            return (x, -shift) if other == record[3] else None
    return None


@dataclass(frozen=True, slots=True)
class Accessor:
    """Finds elements in one graph.

    ``size_text`` prints a length; ``index_text`` the number, from 1, that an index node has at
    some places, with the number of places that it may choose from.
    """

    graph: Graph
    size_text: Callable[[Size], str]
    index_place: Callable[[int, Places, Size], Place]

    def base(self, node: int, places: Places, stored: Callable[[int], bool]) -> tuple[int, Places]:
        """The stored or counted node, and the places in it, where an element of a node is."""
        graph = self.graph
        while not stored(node) and graph.prim(node) in VIEWS and graph.prim(node) != COUNTED:
            places = self._step(node, places)
            node = graph.args(node)[0]
        return node, places

    def texts(self, places: Places) -> str:
        """Places between brackets."""
        return ", ".join(place.text(self.size_text) for place in places)

    def _step(self, node: int, places: Places) -> Places:
        """The places in the first argument of a view."""
        graph = self.graph
        name, attrs = graph.prim(node), graph.attrs(node)
        source = graph.args(node)[0]
        if name in _INDEXED:
            return self._indexed(node, places)
        if name == "index":
            return (first(attrs),)
        if name == "entry":
            return first(attrs[0]), first(attrs[1])
        if name == "t":
            return places[1], places[0]
        if name == "reshape":
            return (self._linear(places, size_of(graph, node)),)
        row = places[0]
        if name == "slice":
            return (row.shifted(attrs[0].substitute(graph.bindings)),)
        if name == "rev":
            return (row.mirrored(size_of(graph, source)),)
        if name == "spread_cols":
            return (places[1],)
        if name == "get_col":
            return row, first(_number(attrs))
        if name == "get_row":
            return first(_number(attrs)), row
        if name == "diag_part":
            return row, row
        return (row,)  # spread_rows; as_vector, whose matrix is stored column by column

    def _indexed(self, node: int, places: Places) -> Places:
        """An element chosen by data; a row of a matrix keeps its column, and a cell its row."""
        graph = self.graph
        source, index = graph.args(node)
        if graph.prim(node) == "gather_cells":
            return places[0], self.index_place(index, places, size_of(graph, source, 1))
        size = size_of(graph, source)
        if graph.prim(node) == "gather":
            return (self.index_place(index, places, size),)
        return self.index_place(index, places[:1], size), places[1]

    def _linear(self, places: Places, rows: Size) -> Place:
        """Where an entry of a matrix stands in the vector of its columns."""
        row, column = places
        if not column.variable and not column.falls:
            if column.offset == NOTHING:
                return row
            if rows.is_known:
                return row.shifted(known(column.offset.constant * rows.constant))
        step, behind = self.size_text(rows), column.text(self.size_text)
        step = step if " " not in step else f"({step})"
        behind = behind if " " not in behind else f"({behind})"
        text = row.text(self.size_text)
        if text == "0":
            return Place(f"{step} * {behind}")
        return Place(f"{text} + {step} * {behind}")


def _number(attrs: int | Sequence[int]) -> int:
    return attrs if isinstance(attrs, int) else attrs[0]
