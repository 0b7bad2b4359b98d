"""Points, and what is true there: the numbers that a claimed gradient is held against."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradc.checking.claim import Answer, Measured
from gradc.checking.comparison import Sample, Vector
from gradc.errors import GradcError
from gradc.ir import Function
from gradc.passes import as_rounded, legalize
from gradc.targets import TARGETS
from gradc.verify import bounds, true_values

POINTS = 8
_TRIES = 4
_LARGE = 200_000
"""Cells of data times nodes, above which fewer points have to do."""


def starts(start: Vector, count: int = POINTS, seed: int = 0) -> list[Vector]:
    """The start itself, and ``_TRIES`` times as many points as wanted around it.

    At a start of zeros many wrong gradients look right, so the others are never near one alone.
    """
    draw = random.Random(seed)  # noqa: S311 - points are to be the same again
    found = [start]
    own = np.where(start == 0.0, 1.0, np.abs(start))
    for number in range(count * _TRIES):
        spread, scale = ((0.3, own), (0.5, np.ones(len(start))), (0.6, own), (0.05, own))[
            number % 4
        ]
        moved = start + spread * scale * np.array([draw.gauss(0.0, 1.0) for _ in start])
        found.append(np.abs(moved) if number % 4 == 2 else moved)
    return found


def measure(
    gradient: Function,
    claimed: Function | None,
    start: Vector,
    data: Mapping[str, Any],
    run: Callable[[Sequence[Vector]], list[Answer]],
    target: str = "r",
    count: int = POINTS,
    dtype: str = "float64",
) -> list[Measured]:
    """The user's numbers beside the true ones, at the start and at ``count`` other points.

    Points where the function or its gradient is no finite number are passed over.
    """
    cells = sum(int(np.size(value)) for value in data.values()) * len(gradient.graph)
    count = count if cells < _LARGE else max(2, min(count, count * _LARGE // cells))
    legal = _as_computed(gradient, target)
    own = None if claimed is None else _as_computed(claimed, target)
    flats: list[Vector] = []
    found: list[tuple[dict[str, Any], Vector, Vector, float, float, Any]] = []
    for flat in starts(start, count):
        if len(found) > count:
            break
        point = {**data, **placed(gradient, flat)}
        at = _true(gradient, legal, own, point, target, dtype)
        if at is not None:
            flats.append(flat)
            found.append((point, *at))
    answers = run(flats) if flats else []
    return [
        Measured(point, answer, expected, allowed, value, radius, kink[0], kink[1])
        for (point, expected, allowed, value, radius, kink), answer in zip(
            found, answers, strict=True
        )
    ]


def reads_alike(claimed: Function, samples: Sequence[Sample]) -> bool:
    """Whether the user's code gives what gradc's reading of it says, to a few digits at least."""
    for sample in samples[:3]:
        truth = true_values(claimed, sample.point)
        cells = [cell for name in claimed.outputs for cell in truth.cells[name]]
        if len(cells) != len(sample.got):
            return False
        read = np.array([float(cell.mid()) for cell in cells])
        room = sample.allowed + 1e-6 * np.abs(read)
        agrees = (np.abs(read - sample.got) <= room) | (np.isnan(read) & np.isnan(sample.got))
        if not agrees.all():
            return False
    return True


def _as_computed(function: Function, target: str) -> Function:
    """The function whose rounding stands for that of the user's code."""
    supports = TARGETS[target].supports
    return as_rounded(legalize(function, target, supports), target, supports)


def placed(function: Function, flat: Vector) -> dict[str, Any]:
    """The parameters of a flat vector by name, in model order, matrices by column."""
    found: dict[str, Any] = {}
    at = 0
    for item in function.params:
        count = item.type.count or 1
        part = flat[at : at + count]
        at += count
        if item.type.rank == 0:
            found[item.name] = float(part[0])
        elif item.type.rank == 1:
            found[item.name] = part.tolist()
        else:
            rows = item.type.shape[0].constant
            found[item.name] = part.reshape(rows, -1, order="F").tolist()
    return found


def labels_of(function: Function) -> tuple[str, ...]:
    """``gradient:b[2]`` for each element of the parameters."""
    found: list[str] = []
    for item in function.params:
        if item.type.rank == 0:
            found.append(f"gradient:{item.name}")
        else:
            count = item.type.count or 0
            found += [f"gradient:{item.name}{item.type.element(k)}" for k in range(1, count + 1)]
    return tuple(found)


def _true(
    gradient: Function,
    legal: Function,
    own: Function | None,
    point: Mapping[str, Any],
    target: str,
    dtype: str = "float64",
) -> tuple[Vector, Vector, float, float, Any] | None:
    """What is true at a point, and how far off a right program may be; None where nothing is."""
    truth = true_values(gradient, point, dtype=dtype)
    if not truth.finite:
        return None
    names = [name for name in gradient.outputs if name.startswith("gradient:")]
    expected = np.array([float(cell.mid()) for name in names for cell in truth.cells[name]])
    plain = bounds(legal, target, point, dtype)
    allowed = _radii(plain.cells[name] for name in names)
    if own is not None:
        theirs = _own_bound(own, target, point, dtype)
        if theirs is not None and theirs.shape == allowed.shape:
            # The user's formula is the user's own: it may lose digits where another does not.
            allowed = np.maximum(allowed, theirs)
    value = float(truth.cells["value"][0].mid())
    radius = _padded(_radii([plain.cells["value"]])[0], value)
    kink = (truth.kinks[0].span, True) if truth.kinks else (None, False)
    widened = np.array([_padded(a, e) for a, e in zip(allowed, expected, strict=True)])
    return expected, widened, value, radius, kink


def _own_bound(own: Function, target: str, point: Mapping[str, Any], dtype: str) -> Vector | None:
    try:
        found = bounds(own, target, point, dtype)
    except GradcError:
        return None
    return _radii(found.cells[name] for name in own.outputs)


def _radii(rows: Any) -> Vector:
    return np.array([float(bound.radius.upper()) for row in rows for bound in row])


def _padded(radius: float, value: float) -> float:
    """The bound with what the rounding of the true value to a double adds."""
    return radius * (1 + 1e-12) + (math.ulp(value) if math.isfinite(value) else 0.0)
