"""Whether two programs compute different numbers, told without any bound of gradc's."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradc.run import Answer, Numbers

RELATIVE = 1e-10
"""A larger part of a number than any rounding of the same operations makes up."""
MORE_POINTS = 200


def differ(first: Answer, second: Answer) -> bool:
    """Whether a program's answer is another one than the first, which has only numbers.

    Where the first is not a number the point is none of the model's.
    """
    if isinstance(first, Numbers) and not _finite(first):
        return False
    if not isinstance(first, Numbers) or not isinstance(second, Numbers):
        return isinstance(first, Numbers) != isinstance(second, Numbers)
    if not _same(first.value, second.value):
        return True
    return any(not _same(first.gradient[name], second.gradient[name]) for name in first.gradient)


def _finite(answer: Numbers) -> bool:
    parts = [answer.value, *(part for part in answer.gradient.values() if part is not None)]
    return all(bool(np.all(np.isfinite(np.asarray(part, float)))) for part in parts)


def _same(first: Any, second: Any) -> bool:
    if first is None or second is None:
        return first is second
    one, other = np.asarray(first, float), np.asarray(second, float)
    if one.shape != other.shape:
        return False
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(one), np.abs(other))
        near = np.isfinite(size) & (np.abs(one - other) <= RELATIVE * size + 1e-300)
    return bool(np.all(near | (one == other) | (np.isnan(one) & np.isnan(other))))


def more_points(
    points: Sequence[Mapping[str, Any]], count: int, draw: random.Random
) -> list[dict[str, Any]]:
    """Points beside those that verify looked at, each number moved on its own."""
    return [
        {name: _moved(value, draw) for name, value in draw.choice(points).items()}
        for _ in range(count)
    ]


def _moved(value: Any, draw: random.Random) -> Any:
    if isinstance(value, list):
        return [_moved(item, draw) for item in value]
    if float(value).is_integer():
        return value  # a count, an index, a class: what it may be nobody says
    return value * draw.uniform(0.5, 1.5)
