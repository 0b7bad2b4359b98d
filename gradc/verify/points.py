"""Points at which a model is tried: those that were given, and random ones inside its domain.

A random point is kept when the caller accepts it (true value and derivatives finite, no kink);
otherwise another is drawn, up to a limit, and the refused one is reported. The same seed gives
the same points.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradc.ir import Function, Input, reachable
from gradc.verify.counted import Counted, Measured, counted
from gradc.verify.extents import extents

Value = float | list[float] | list[list[float]]
Accept = Callable[[Mapping[str, Value]], str | None]
"""Why a point is of no use, None where it is."""

_TRIES = 25
_NEAR = 0.3


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

    Where data were given, every other random point keeps them, all of their rows; the others
    have as many rows as the first given point, but at most 100, and 3 where nothing says how
    many. Every fourth random point has one row where nothing forbids it. ``known`` are values
    without a whole point.
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
            full[item.name] = _rounded(np.asarray(value, dtype=np.float64), dtype)
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
    sizes = extents(
        function, base, keep=bool(kept), one_row=not kept and number % 4 == 3 and not base
    )
    covariances = _factored(function)
    counts = counted(function)
    # The first tries go near the defaults; later ones look elsewhere for the domain.
    style = _STYLES[(number + attempt) % len(_STYLES)]
    point: dict[str, Value] = {}
    for item in _in_order(function):
        if item.name in kept:
            point[item.name] = _rounded(np.asarray(base[item.name], dtype=np.float64), dtype)
            continue
        around = base.get(item.name, item.default)
        shape = sizes.shapes[item.name]
        if item.name in covariances:
            value = _covariance(shape[0], draw)
        elif item.name in sizes.counts:
            value = np.array(float(sizes.counts[item.name]))
        elif item.name in sizes.places:
            value = _indices(shape, sizes.places[item.name], draw)
        else:
            count = counts.get(item.name)
            numbers = list(_numbers(item, math.prod(shape), around, style, draw, count))
            value = np.array(numbers).reshape(shape, order="F")
        point[item.name] = _rounded(value, dtype)
    return point


def _indices(shape: Sequence[int], range_: tuple[int, int], draw: random.Random) -> Any:
    low, high = range_
    numbers = [float(draw.randint(low, max(low, high))) for _ in range(math.prod(shape))]
    return np.array(numbers).reshape(shape, order="F")


def _factored(function: Function) -> set[str]:
    """Square inputs below a Cholesky factor: symmetric and positive definite is what they are."""
    graph = function.graph
    marks = reachable(graph, [node for node in range(len(graph)) if graph.prim(node) == "chol"])
    found: set[str] = set()
    for item in function.inputs:
        sizes = {size.substitute(graph.bindings) for size in item.type.shape}
        if item.type.rank == 2 and len(sizes) == 1 and item.node < len(marks) and marks[item.node]:
            found.add(item.name)
    return found


def _covariance(count: int, draw: random.Random) -> Any:
    root = np.array([draw.gauss(0.0, 1.0) for _ in range(count * count)]).reshape(count, count)
    return root @ root.T + np.eye(count)


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
    item: Input,
    count: int,
    around: Any,
    style: Style,
    draw: random.Random,
    counts: Counted | Measured | None,
) -> Iterator[float]:
    counts = Counted() if item.nature == "count" else counts
    near = np.asarray(np.nan if around is None else around, dtype=np.float64).ravel(order="F")
    for row in range(count):
        centre = float(near[row % len(near)])
        if counts is not None:
            yield _within(item, counts.draw(draw), draw)
            continue
        yield _within(item, _number(item, None if np.isnan(centre) else centre, style, draw), draw)


def _number(item: Input, around: float | None, style: Style, draw: random.Random) -> float:
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
