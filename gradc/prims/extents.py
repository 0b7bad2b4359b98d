"""Which data decide sizes, and which data are places in what they index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradc.ir import Function, Graph, Input, Size


@dataclass(frozen=True, slots=True)
class Extent:
    """One axis of an input that was declared, counted from 0, and how long it has to be.

    ``decides`` is the symbol that this axis gives its value to; None where others say the size.
    """

    item: Input
    axis: int
    size: Size
    decides: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Data that index: their numbers lie between ``1 - offset`` and ``size - offset``."""

    name: str
    size: Size
    offset: int = 0


def extents(function: Function) -> list[Extent]:
    """All axes of declared inputs, those first that decide a symbol.

    Shapes: a symbol is decided by an axis that is this symbol, or this symbol and a number.
    """
    bindings = function.graph.bindings
    axes = [
        (item, axis, size.substitute(bindings))
        for item in (*function.data, *function.params)
        if item.declared
        for axis, size in enumerate(item.type.shape)
    ]
    decided: dict[str, tuple[str, int]] = {}
    plainest = sorted(axes, key=lambda entry: entry[2].constant != 0)
    for item, axis, size in plainest:
        if len(size.terms) == 1 and size.terms[0][1] == 1:
            decided.setdefault(size.terms[0][0], (item.name, axis))
    deciding = {place: symbol for symbol, place in decided.items()}
    found = [Extent(i, axis, size, deciding.get((i.name, axis))) for i, axis, size in axes]
    return sorted(found, key=lambda extent: extent.decides is None)


@dataclass(frozen=True, slots=True)
class Reach:
    """A vector of one size is read up to a place that has to be there: ``x[t - 1]`` in a loop."""

    size: Size
    needed: Size


def reaches(function: Function) -> list[Reach]:
    """What is read, and counted along, where only the data tell that it exists."""
    graph = function.graph
    found: dict[Reach, None] = {}
    for record in graph.records:
        if record[0] not in ("gather", "gather_rows", "gather_cells"):
            continue
        index = graph.records[record[3]]
        if index[0] != "seq_along":
            continue
        axis = INDEXED[record[0]][1]
        size = graph.types[record[2]].shape[axis].substitute(graph.bindings)
        turns = graph.types[record[3]].shape[0].substitute(graph.bindings)
        reach = Reach(size, turns.plus(Size(index[1])))
        if not size.plus(reach.needed, -1).is_known:
            found.setdefault(reach)
    return [*found, *_not_empty(graph)]


def _not_empty(graph: Graph) -> Iterator[Reach]:
    """No part of a vector is empty: ``2:length(y)`` counts down where y has one element."""
    least: dict[tuple[tuple[str, int], ...], int] = {}
    for size in dict.fromkeys(size for type_ in dict.fromkeys(graph.types) for size in type_.shape):
        part = size.substitute(graph.bindings)
        if part.constant < 0 and len(part.terms) == 1 and part.terms[0][1] > 0:
            least[part.terms] = max(least.get(part.terms, 1), 1 - part.constant)
    for terms, needed in least.items():
        yield Reach(Size(0, terms), Size(needed))


_KEEP = frozenset({"index", "slice", "rev", "gather", "get_col", "get_row", "as_vector", "entry"})
"""Primitives whose result is made of elements of their first argument."""

INDEXED: Mapping[str, tuple[int, int]] = {
    "gather": (0, 0), "gather_rows": (0, 0), "gather_cells": (0, 1),
    "scatter_add": (2, 0), "scatter_rows": (2, 0), "scatter_cells": (2, 1),
}  # fmt: skip
"""Which argument is indexed, and on which axis; the second argument holds the places."""

Moved = Mapping[int, tuple[str, int]]


def places(function: Function) -> list[Place]:
    """Which inputs are places in which sizes, each fact once, in the order of use."""
    found: dict[Place, None] = {}
    start = {item.node: (item.name, 0) for item in function.inputs}
    pending: list[tuple[Graph, Moved]] = [(function.graph, start)]
    while pending:
        graph, known = pending.pop()
        moved = _moved(graph, known)
        bindings = {**function.graph.bindings, **graph.bindings}
        for record in graph.records:
            if record[0] in INDEXED:
                of, axis = INDEXED[record[0]]
                origin = moved.get(record[3])
                if origin is not None:
                    size = graph.types[record[2 + of]].shape[axis].substitute(bindings)
                    found.setdefault(Place(origin[0], size, origin[1]))
            elif record[0] == "scan":
                pending.append(_body(record, moved))
    return list(found)


def _moved(graph: Graph, known: Moved) -> dict[int, tuple[str, int]]:
    """For nodes that are elements of an input, plus a whole number: which input, which number."""
    moved = dict(known)
    for node, record in enumerate(graph.records):
        if len(record) < 3 or node in moved:
            continue
        name, origin = record[0], moved.get(record[2])
        if name in _KEEP or (name == "stack" and len(record) == 3):
            if origin is not None:
                moved[node] = origin
        elif name in ("add", "sub"):
            shifted = _shifted(graph, record, moved)
            if shifted is not None:
                moved[node] = shifted
    return moved


def _shifted(graph: Graph, record: Any, moved: Moved) -> tuple[str, int] | None:
    name, x, y = record[0], record[2], record[3]
    if name == "add" and graph.is_const(x):
        x, y = y, x
    if not graph.is_const(y) or x not in moved or not graph.value(y).is_integer():
        return None
    owner, offset = moved[x]
    step = int(graph.value(y))
    return owner, offset + (step if name == "add" else -step)


def _body(record: Any, moved: Moved) -> tuple[Graph, Moved]:
    """The body of a loop, and which of its inputs are elements of the model's."""
    region, arguments = record[1], record[2:]
    inner: dict[int, tuple[str, int]] = {}
    for number, (item, argument) in enumerate(zip(region.body.inputs, arguments, strict=True)):
        if number >= region.carries and argument in moved:
            inner[item.node] = moved[argument]
    return region.body.graph, inner


def solve(
    function: Function, shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[tuple[Extent, int | None]]:
    """For each axis of a declared input that has a shape: how long it must be, None for anything.

    A size may be negative or a fraction where the numbers cannot fit at all; it is then what
    no axis can be.
    """
    values: dict[str, int] = {}
    for extent in extents(function):
        shape = shapes.get(extent.item.name)
        if shape is None or len(shape) <= extent.axis:
            continue
        if extent.decides is not None and extent.decides not in values:
            values[extent.decides] = shape[extent.axis] - extent.size.constant
            yield extent, None if values[extent.decides] >= 0 else -1
        elif all(symbol in values for symbol, _ in extent.size.terms):
            total = sum(factor * values[symbol] for symbol, factor in extent.size.terms)
            yield extent, extent.size.constant + total
        else:
            yield extent, None


_SIZES = frozenset({"length", "nrow", "ncol", "seq_along"})


def vary_with(graph: Graph, sources: Iterable[int]) -> bytearray:
    """A mark per node: 1 where its value depends on the values of some source.

    How many values a source has is no value of it.
    """
    marks = bytearray(len(graph.records))
    for source in sources:
        marks[source] = 1
    for node, record in enumerate(graph.records):
        if record[0] not in _SIZES and len(record) > 2:
            marks[node] |= any(marks[arg] for arg in record[2:])
    return marks
