"""Points at which a model is tried: those that were given, and random ones inside its domain.

A random point is kept when the caller accepts it (true value and derivatives finite, no kink);
otherwise another is drawn, up to a limit, and the refused one is reported. The same seed gives
the same points.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from gradc.ir import Function, Input, Size
from gradc.prims.extents import places

Value = float | list[float] | list[list[float]]
Accept = Callable[[Mapping[str, Value]], str | None]
"""Why a point is of no use, None where it is."""

ROWS = 3
_LONGEST = 100
_TRIES = 25
_NEAR = 0.3
_COUNTS = (0, 1, 1, 2, 3, 4, 7, 12)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A point that was drawn and not used."""

    at: Mapping[str, Value]
    reason: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The points in order, ``given`` of them given; and those that were refused."""

    points: tuple[Mapping[str, Value], ...]
    given: int
    skipped: tuple[Skipped, ...]


def sample(
    function: Function,
    given: Sequence[Mapping[str, Any]],
    count: int,
    seed: int,
    accept: Accept,
    dtype: str = "float64",
    known: Mapping[str, Any] | None = None,
) -> Sample:
    """The given points, then ``count`` random ones that ``accept`` takes.

    Vectors have as many rows as in the first given point, at most 100, and 3 where nothing
    says how many; every fourth random point has one row where nothing forbids it. Where data
    were given, every other random point keeps them; ``known`` are values without a whole point.
    """
    base = {**(given[0] if given else {}), **(known or {})}
    draw = random.Random(seed)  # noqa: S311 - points are to be the same again
    kept = [_listed(function, point, dtype) for point in given]
    skipped: list[Skipped] = []
    attempts = 0
    while len(kept) < len(given) + count and attempts < _TRIES * count:
        number = len(kept) - len(given)
        point = _draw(function, base, number, attempts % _TRIES, draw, dtype)
        attempts += 1
        reason = accept(point)
        if reason is None:
            kept.append(point)
        else:
            skipped.append(Skipped(point, reason))
    return Sample(tuple(kept), len(given), tuple(skipped))


def _listed(function: Function, point: Mapping[str, Any], dtype: str) -> dict[str, Value]:
    """A given point completed by defaults, as plain numbers and lists."""
    full: dict[str, Value] = {}
    for item in _in_order(function):
        value = point.get(item.name, item.default)
        if value is not None:
            array = np.asarray(value, dtype=np.float64)
            if item.type.rank == 2 and array.ndim == 1:  # a default, column by column
                shape = [size.constant for size in item.type.shape]
                array = array.reshape(shape, order="F")
            full[item.name] = _rounded(array, dtype)
    return full


def _in_order(function: Function) -> tuple[Input, ...]:
    """Parameters first, as people read a point."""
    return (*function.params, *function.data)


def _rounded(array: Any, dtype: str) -> Any:
    with np.errstate(all="ignore"):
        return array.astype(dtype).astype(np.float64).tolist()


def _draw(
    function: Function,
    base: Mapping[str, Any],
    number: int,
    attempt: int,
    draw: random.Random,
    dtype: str,
) -> dict[str, Value]:
    keep = number % 2 == 0
    data = [item for item in function.inputs if item.name not in function.wrt]
    kept = {item.name for item in data if item.name in base and keep}
    symbols = symbol_counts(function, base)
    if not kept and number % 4 == 3 and not base:
        symbols = _one_row(function, symbols)
    # The first tries go near the defaults; later ones look elsewhere for the domain.
    style = _STYLES[(number + attempt) % len(_STYLES)]
    shapes = {item.name: _shape(function, item, symbols) for item in function.inputs}
    ranges = _ranges(function, symbols)
    point: dict[str, Value] = {}
    for item in _in_order(function):
        if item.name in kept:
            point[item.name] = _rounded(np.asarray(base[item.name], dtype=np.float64), dtype)
            continue
        around = base.get(item.name, item.default)
        shape = shapes[item.name]
        if item.name in ranges:
            low, high = ranges[item.name]
            numbers = [float(draw.randint(low, high)) for _ in range(prod(shape))]
        else:
            numbers = list(_numbers(item, prod(shape), around, style, draw))
        values = np.asarray(numbers, dtype=np.float64).reshape(shape, order="F")
        point[item.name] = _rounded(values, dtype)
    return point


def symbol_counts(function: Function, base: Mapping[str, Any]) -> dict[str, int]:
    """The number that each symbol of a size stands for: as in the given values, or a few."""
    bindings = function.graph.bindings
    symbols: dict[str, int] = {}
    for item in function.inputs:
        value = base.get(item.name)
        if value is None or np.ndim(value) != item.type.rank:
            continue
        for size, length in zip(item.type.shape, np.shape(value), strict=True):
            size = size.substitute(bindings)
            if len(size.terms) == 1:
                (symbol, factor), count = size.terms[0], length
                symbols.setdefault(symbol, max(1, (min(count, _LONGEST) - size.constant) // factor))
    for symbol, least in least_rows(function).items():
        symbols[symbol] = max(symbols.get(symbol, ROWS), least)
    return symbols


def _shape(function: Function, item: Input, symbols: Mapping[str, int]) -> tuple[int, ...]:
    bindings = function.graph.bindings
    return tuple(_count(size.substitute(bindings), symbols) for size in item.type.shape)


def _ranges(function: Function, symbols: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Least and largest number of data that are places in something."""
    ranges = {i.name: (i.base, i.base) for i in function.inputs if i.nature == "index"}
    found: dict[str, tuple[int, int]] = {}
    for place in places(function):
        low, high = 1 - place.offset, _count(place.size, symbols) - place.offset
        before = found.get(place.name, (low, high))
        found[place.name] = max(low, before[0]), max(low, min(high, before[1]))
    return {**ranges, **found}


def least_rows(function: Function) -> dict[str, int]:
    """The least that each symbol of a length may be: data have the rows that the model names."""
    graph = function.graph
    least: dict[str, int] = {}
    sizes = {size for type_ in set(graph.types) for size in type_.shape if size.constant < 0}
    for size in sizes:  # what is left of a slice
        size = size.substitute(graph.bindings)
        if len(size.terms) == 1 and size.terms[0][1] > 0:
            symbol, factor = size.terms[0]
            least[symbol] = max(least.get(symbol, 1), -((size.constant - 1) // factor))
    for record in graph.records:
        if record[0] not in ("index", "scatter"):
            continue
        vector = record[2] if record[0] == "index" else record[3]
        size = graph.types[vector].shape[0].substitute(graph.bindings)
        if len(size.terms) == 1 and size.terms[0][1] > 0:
            symbol, factor = size.terms[0]
            least[symbol] = max(least.get(symbol, 1), -((size.constant - record[1]) // factor))
    return least


def _count(size: Size, symbols: Mapping[str, int]) -> int:
    terms = sum(factor * symbols.get(symbol, ROWS) for symbol, factor in size.terms)
    return max(1, size.constant + terms)


def _one_row(function: Function, symbols: dict[str, int]) -> dict[str, int]:
    """One row for all data, where their lengths are that of one symbol itself."""
    bindings = function.graph.bindings
    if any(least > 1 for least in least_rows(function).values()):
        return symbols
    single = dict(symbols)
    for item in function.inputs:
        for size in item.type.shape:
            size = size.substitute(bindings)
            if size.terms and (size.constant or any(factor != 1 for _, factor in size.terms)):
                return symbols
            single |= {symbol: 1 for symbol, _ in size.terms}
    return single


Style = Callable[[float | None, random.Random], float]


def _near(around: float | None, draw: random.Random) -> float:
    if around is None:
        return draw.gauss(0.0, 1.0)
    return around + _NEAR * draw.gauss(0.0, 1.0) * (abs(around) or 1.0)


def _positive(around: float | None, draw: random.Random) -> float:
    return float(10 ** draw.uniform(-2.0, 1.3))


def _unit(around: float | None, draw: random.Random) -> float:
    return draw.uniform(0.02, 0.98)


def _scales(around: float | None, draw: random.Random) -> float:
    return draw.choice((-1.0, 1.0)) * float(10 ** draw.uniform(-3.0, 2.0))


def _mixed(around: float | None, draw: random.Random) -> float:
    return draw.choice((_near, _near, _positive, _unit, _scales))(around, draw)


_STYLES: tuple[Style, ...] = (_near, _positive, _mixed, _unit, _scales)


def _numbers(
    item: Input, count: int, around: Any, style: Style, draw: random.Random
) -> Iterator[float]:
    around = np.asarray(np.nan if around is None else around, dtype=np.float64)
    near = around.ravel(order="F")
    for row in range(count):
        centre = float(near[row % len(near)])
        yield _within(item, _number(item, None if np.isnan(centre) else centre, style, draw), draw)


def _number(item: Input, around: float | None, style: Style, draw: random.Random) -> float:
    if item.nature == "count":
        return float(draw.choice(_COUNTS))
    if item.nature == "positive":
        return abs(style(around, draw)) or 1.0
    return style(around, draw)


def _within(item: Input, value: float, draw: random.Random) -> float:
    """The value itself, or another one between the bounds of its input."""
    low = -np.inf if item.lower is None else item.lower
    high = np.inf if item.upper is None else item.upper
    if low < value < high:
        return value
    if np.isfinite(low) and np.isfinite(high):
        return low + (high - low) * draw.uniform(0.02, 0.98)
    if np.isfinite(low):
        return float(low + _positive(None, draw))
    if np.isfinite(high):
        return float(high - _positive(None, draw))
    return value
