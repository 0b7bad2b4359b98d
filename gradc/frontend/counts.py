"""Lengths that declared counts say: ``DATA_INTEGER(n)``, and ``y[i]`` in a loop over ``1:n``.

Which vectors have ``n`` elements is seen only once the whole text is read. So a first reading
lets ``1:n`` run along a ruler, a vector of which no more than its length is used; what the model
indexes by it, or computes with it, says what is as long. The next reading has these inputs as
long as each other, and takes one of them for the ruler. That ``n`` is what it has to be is
checked where the model is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gradc.errors import GradcError, fail
from gradc.frontend.values import Refusal
from gradc.ir import Graph, Size, known, symbol, vector
from gradc.prims import Builder

if TYPE_CHECKING:
    from gradc.frontend.symbols import Symbols

COUNT = "count of "
"""How the size of a ruler is called."""

ITSELF = -1
"""Stands for an axis where a count itself is meant."""

Axis = tuple[str, int]
"""An input and one of its axes, or :data:`ITSELF`."""

Tied = Mapping[Axis, tuple[str, int]]
"""Axes and counts by the symbol that their size is, and what is added to it."""


def along(symbols: Symbols, b: Builder, node: int) -> tuple[int, int] | None:
    """A vector, and what is to be added to its length so that it is a declared count.

    Raises: Refusal where what has so many elements is declared too late.
    """
    graph = b.graph
    name = graph.attrs(node) if graph.prim(node) == "input" else None
    item = symbols.inputs.get(name) if isinstance(name, str) else None
    if item is None or not item.declared or item.nature != "count" or item.kind != "data":
        return None
    tied = symbols.tied.get((item.name, ITSELF))
    if tied is None:
        symbols.ruled.add(item.name)
        return graph.intern(("ruler", item.name), vector(symbol(COUNT + item.name))), 0
    axes = [(axis, place) for axis, place in symbols.tied.items() if axis[1] != ITSELF]
    alike = [(axis, offset) for axis, (size, offset) in axes if size == tied[0]]
    for axis, offset in alike:
        if axis[0] in symbols.inputs:
            return _line(b, symbols.inputs[axis[0]].node, axis[1]), tied[1] - offset
    owner = alike[0][0][0]
    raise Refusal(
        "G104",
        f"'{item.name}' counts the elements of '{owner}', which is declared further down",
        f"declare '{owner}' above this line",
    )


def _line(b: Builder, node: int, axis: int) -> int:
    """A vector as long as an axis of an input."""
    if b.graph.types[node].rank == 1:
        return node
    return b.apply("get_row" if axis else "get_col", [node], 1)


def size_of(symbols: Symbols, axis: Axis) -> Size | None:
    """The size of an axis, or of a count, that is tied to others; None of any other."""
    tied = symbols.tied.get(axis)
    return None if tied is None else symbol(tied[0]).plus(known(tied[1]))


def ties(symbols: Symbols, graph: Graph) -> Tied:
    """What the text, as far as it was read, says of counts and of what they count."""
    found = _Ties(dict(symbols.tied))
    sizes = dict(_axes(symbols, graph))
    for name in symbols.ruled:
        size = symbol(COUNT + name).substitute(graph.bindings)
        for axis, own in sizes.items():
            more = own.plus(size, -1)
            if more.is_known and (size.terms or not more.constant):
                found.tie((name, ITSELF), axis, more.constant)
    furthest: dict[tuple[str, Axis], int] = {}
    for name, axis, shift in _reads(symbols, graph, sizes):
        furthest[name, axis] = max(shift, furthest.get((name, axis), shift))
    for (name, axis), shift in furthest.items():
        if shift >= 0:
            found.tie((name, ITSELF), axis, shift)
    for name, axis in furthest:  # read up to n - 1 only: it is as long as n where nothing else is
        if (name, ITSELF) not in found.places and axis not in found.places:
            found.tie((name, ITSELF), axis, 0)
    return found.places


def unsaid(symbols: Symbols) -> GradcError | None:
    """The complaint about a count that nothing in the model has the length of."""
    for name in symbols.declared:
        if name in symbols.ruled:
            return fail(
                "G104",
                f"no data of the model are known to have '{name}' elements",
                symbols.declared[name].place,
                f"y[i] in a loop over 1:{name} says it, where 'y' is declared",
            )
    return None


def _axes(symbols: Symbols, graph: Graph) -> Iterator[tuple[Axis, Size]]:
    """The sizes of declared inputs, as far as they are known now."""
    for name in symbols.declared:
        item = symbols.inputs[name]
        for axis, size in enumerate(graph.types[item.node].shape):
            yield (name, axis), size.substitute(graph.bindings)


def _reads(
    symbols: Symbols, graph: Graph, sizes: Mapping[Axis, Size]
) -> Iterator[tuple[str, Axis, int]]:
    """Counts, the axes that are read along them, and how far beyond the count."""
    rulers = {COUNT + name: name for name in symbols.ruled}
    if not rulers:
        return
    for record in graph.records:
        if record[0] not in ("gather", "gather_rows"):
            continue
        index = graph.records[record[3]]
        if index[0] != "seq_along":
            continue
        turns = graph.types[record[3]].shape[0].substitute(graph.bindings)
        name = rulers.get(turns.terms[0][0]) if len(turns.terms) == 1 else None
        if name is None or turns.terms[0][1] != 1:
            continue
        size = graph.types[record[2]].shape[0].substitute(graph.bindings)
        is_input = graph.prim(record[2]) == "input"
        for axis, own in sizes.items():
            more = own.plus(size, -1)
            if more.is_known and (size.terms or (is_input and graph.attrs(record[2]) == axis[0])):
                yield name, axis, more.constant + turns.constant + index[1]


class _Ties:
    """Axes and counts in groups; in one group all sizes are one symbol and a number."""

    def __init__(self, places: dict[Axis, tuple[str, int]]) -> None:
        self.places = places

    def tie(self, count: Axis, axis: Axis, more: int) -> None:
        """Say that an axis has ``more`` elements than a count; what was said before stands."""
        one, other = self.places.get(count), self.places.get(axis)
        if one is None and other is None:
            one = self._fresh(count[0]), 0
            self.places[count] = one
        if one is None and other is not None:
            self.places[count] = other[0], other[1] - more
        elif other is None and one is not None:
            self.places[axis] = one[0], one[1] + more
        elif one is not None and other is not None and one[0] != other[0]:
            step = one[1] + more - other[1]
            for place, (name, offset) in list(self.places.items()):
                if name == other[0]:
                    self.places[place] = one[0], offset + step

    def _fresh(self, name: str) -> str:
        """A symbol that no other size has."""
        stem = "count_" + re.sub(r"[^A-Za-z0-9_]", "_", name)
        taken = {size for size, _ in self.places.values()}
        found, number = stem, 2
        while found in taken:
            found, number = f"{stem}_{number}", number + 1
        return found
