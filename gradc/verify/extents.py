"""How large the inputs of a random point are, and which places an index may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradc.errors import fail
from gradc.ir import UNITS, Extent, Function, Graph, Size, SizeError, counts_of, value_of
from gradc.prims.extents import places

ROWS = 3
_COLUMNS = 2
# Without data to keep, a random point has no more rows than this: what is to be seen of a model
# is seen with fewer, and a thousand rows cost ten times as much.
_LONGEST = 100

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Extents:
    """The shape of every input, the range of every index, and what counts others."""

    shapes: Mapping[str, Shape]
    places: Mapping[str, tuple[int, int]]
    counts: Mapping[str, int]


def extents(function: Function, base: Mapping[str, Any], *, keep: bool, one_row: bool) -> Extents:
    """Sizes in common kept in common, and as in ``base``.

    With ``keep`` they are exactly those of ``base``, so that its data can be used; otherwise
    at most 100. ``one_row`` asks for one row where nothing forbids it.
    Raises: GradcError (G502) where sizes in ``base`` contradict each other.
    """
    counts = _told(function, base)
    if not keep:
        counts = {symbol: min(count, _LONGEST) for symbol, count in counts.items()}
    least = least_counts(function)
    for symbol, count in _assumed(function).items():
        counts.setdefault(symbol, count)
    if one_row and not any(count > 1 for count in least.values()):
        counts |= dict.fromkeys(_single_symbol(function), 1)
    counts = {symbol: max(count, least.get(symbol, 1)) for symbol, count in counts.items()}
    shapes = {
        item.name: tuple(_count(function.graph, size, counts) for size in item.type.shape)
        for item in function.inputs
    }
    counted = {
        item.name: _count(function.graph, item.counts, counts)
        for item in function.data
        if item.counts is not None
    }
    return Extents(shapes, dict(_places(function, counts)), counted)


def _told(function: Function, base: Mapping[str, Any]) -> dict[str, int]:
    found: list[Extent] = []
    for item in function.inputs:
        value = base.get(item.name)
        if value is None or np.ndim(value) != item.type.rank:
            continue
        if item.counts is not None and float(value).is_integer():
            found.append(Extent(item.name, 0, item.counts, int(value), unit=""))
        units = UNITS if item.type.rank == 2 else ("values",) * item.type.rank
        found += [
            Extent(item.name, axis, size, count, count > 1, unit)
            for axis, (size, count, unit) in enumerate(
                zip(item.type.shape, np.shape(value), units, strict=True)
            )
        ]
    try:
        return counts_of(found, function.graph.bindings)
    except SizeError as error:
        raise fail("G502", str(error)) from error


def _sizes(function: Function) -> Iterator[tuple[bool, Size]]:
    """Each size of each input, with whether it counts the rows of data."""
    params = set(function.wrt)
    for item in function.inputs:
        for axis, size in enumerate(item.type.shape):
            rows = axis == 0 and item.name not in params
            yield rows, size.substitute(function.graph.bindings)


def _assumed(function: Function) -> dict[str, int]:
    """A count for each symbol; different ones, so that what is taken for another is seen."""
    sizes = list(_sizes(function))
    rows = dict.fromkeys(symbol for is_row, size in sizes if is_row for symbol, _ in size.terms)
    others = dict.fromkeys(symbol for _, size in sizes for symbol, _ in size.terms)
    assumed = {symbol: ROWS + k for k, symbol in enumerate(rows)}
    free = [symbol for symbol in others if symbol not in assumed]
    # A design matrix has fewer columns than rows.
    return assumed | {symbol: _COLUMNS if k == 0 else ROWS + k for k, symbol in enumerate(free)}


def _single_symbol(function: Function) -> set[str]:
    """The symbol that all unknown lengths are; none where one is more than that, or a matrix."""
    sizes = {size for _, size in _sizes(function) if not size.is_known}
    if len(sizes) != 1 or any(item.type.rank > 1 for item in function.inputs):
        return set()
    size = sizes.pop()
    alone = not size.constant and len(size.terms) == 1 and size.terms[0][1] == 1
    return {size.terms[0][0]} if alone else set()


def least_counts(function: Function) -> dict[str, int]:
    """The least that each symbol may be: data have the rows and columns that the model names."""
    graph = function.graph
    least: dict[str, int] = {}
    for size, count in _named(graph):
        wanted = size.substitute(graph.bindings)
        if len(wanted.terms) == 1 and wanted.terms[0][1] > 0:
            symbol, factor = wanted.terms[0]
            least[symbol] = max(least.get(symbol, 1), -((wanted.constant - count) // factor))
    return least


def _named(graph: Graph) -> Iterator[tuple[Size, int]]:
    """Sizes with the least that they may be."""
    for type_ in dict.fromkeys(graph.types):
        for size in type_.shape:
            yield size, 1
    for record in graph.records:
        axes = _AXES.get(record[0])
        if axes is None:
            continue
        shape = graph.types[record[2 if record[0] in _READS else 3]].shape
        numbers = record[1] if isinstance(record[1], tuple) else (record[1],)
        for axis, number in zip(axes, numbers, strict=True):
            yield shape[axis], number


_AXES: Mapping[str, tuple[int, ...]] = {
    "index": (0,),
    "scatter": (0,),
    "get_row": (0,),
    "put_row": (0,),
    "get_col": (1,),
    "put_col": (1,),
    "entry": (0, 1),
    "put_entry": (0, 1),
}
"""Which axes the numbers in a primitive's attributes are places of."""
_READS = frozenset({"index", "get_row", "get_col", "entry"})


def _count(graph: Graph, size: Size, counts: Mapping[str, int]) -> int:
    value = value_of(size.substitute(graph.bindings), counts)
    return max(1, ROWS if value is None else value)


def _places(function: Function, counts: Mapping[str, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The lowest and highest number that each input may be that is used as an index."""
    found: dict[str, tuple[int, int]] = {}
    for place in places(function):
        size = _count(function.graph, place.size, counts)
        low, high = 1 - place.offset, size - place.offset
        old = found.get(place.name, (low, high))
        found[place.name] = (max(low, old[0]), min(high, old[1]))
    for item in function.inputs:
        if item.nature == "index":
            found.setdefault(item.name, (item.base, item.base))
    yield from found.items()
