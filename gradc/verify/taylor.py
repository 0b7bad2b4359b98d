"""The Taylor test: how fast ``f(x + h*d) - f(x) - h*g*d`` falls tells whether ``g`` is right.

The remainder of a right gradient falls as h^2 or faster, that of a wrong one as h. Only the order
is judged, no distance, so there is no tolerance. What makes the order trustworthy:

- A remainder counts where it is well above its rounding: the proved bounds of value and gradient
  at x, carried over to the step, tell how large that is. Steps are differences of the very
  doubles that the program was given, so they have no rounding of their own.
- The smallest steps that count decide, for there the series has converged. If remainders at
  smaller steps have vanished in rounding where the fitted power would still show, the steps
  reached over a kink and say nothing.
- Both sides of a point are looked at: what a wrong gradient leaves changes sign from one to the
  other, what a kink leaves does not.
- A function that is linear as far as rounding shows has a right gradient if a wrong one would
  have shown.

Anything else is inconclusive.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Literal

import numpy as np

from gradc.run import Answer, Numbers
from gradc.verify.cases import Case
from gradc.verify.compare import judge, pairs
from gradc.verify.report import SourceReport, SourceStatus
from gradc.verify.rounding import Arithmetic, arithmetic

STEPS = tuple(2.0**-k for k in range(2, 28, 2))
MOST_POINTS = 5
"""At how many points the remainder is looked at."""

_CLEAR = 16.0  # by this factor above its rounding, an order is off by less than 0.1
_FEWEST, _WINDOW = 3, 4
# Orders are whole numbers; this far from one, it is not clear which it is.
_NEAR = 0.25

_KINK = "the sides of a point differ, as at a kink"

Finding = Literal["right", "wrong", "flat", "unclear"]


@dataclass(frozen=True, slots=True)
class Order:
    """What the remainders at one point say; ``order`` is None where none is above rounding."""

    finding: Finding
    order: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """The points of one line: where it begins, and the steps to both sides of it."""

    index: int
    case: Case
    points: tuple[Mapping[str, Any], ...]
    moves: tuple[Mapping[str, Any], ...]


def walks(cases: Sequence[Case], params: Sequence[str], dtype: str) -> list[Walk]:
    """One random line through each of the first points without a kink.

    Each parameter moves by a random part of its own size.
    """
    draw = random.Random(len(params))  # noqa: S311 - reproducible, not secret
    smooth = [(k, c) for k, c in enumerate(cases) if c.truth.finite and not c.truth.kinks]
    found = []
    for index, case in smooth[:MOST_POINTS]:
        start = {name: _array(case.point[name], dtype) for name in params}
        direction = {name: _direction(draw, x) for name, x in start.items()}
        points, moves = [], []
        for step in (*STEPS, *(-step for step in STEPS)):
            there = {n: _array(x + step * direction[n], dtype) for n, x in start.items()}
            points.append({**case.point, **{n: x.tolist() for n, x in there.items()}})
            moves.append({n: x - start[n] for n, x in there.items()})
        found.append(Walk(index, case, tuple(points), tuple(moves)))
    return found


def _array(value: Any, dtype: str) -> Any:
    """The numbers that a program of this precision is given."""
    return np.asarray(value, dtype=np.float64).astype(dtype).astype(np.float64)


def _direction(draw: random.Random, start: Any) -> Any:
    size = np.where(start == 0.0, 1.0, np.abs(start))
    weights = [draw.choice((-1, 1)) * draw.uniform(0.5, 1) for _ in range(start.size)]
    return size * np.reshape(weights, start.shape)


def taylor_source(
    host: str,
    lines: Sequence[Walk],
    here: Sequence[Answer],
    there: Sequence[Sequence[Answer]],
    dtype: str,
) -> SourceReport:
    """The witness's report: answers of a host at each line's beginning and along it."""
    model = arithmetic(host, dtype)
    found = [
        (line, _both_sides(line, host, start, answers, model))
        for line, start, answers in zip(lines, here, there, strict=True)
        if isinstance(start, Numbers)
    ]
    judged = [item for item in found if item[1].finding != "unclear"]
    wrong = [item for item in judged if item[1].finding == "wrong"]
    if wrong:
        line, order = wrong[0]
        excused = all(
            _is_proved(line.case, host, start, model)
            for (line, one), start in zip(found, _heard(here), strict=True)
            if one.finding == "wrong"
        )
        detail = f"at point {line.index} the remainder falls with order 1, as of a wrong gradient"
        if excused:
            detail = (
                f"at point {line.index} steps of 1e-8 are still too large for this function;"
                " the oracle's quotients side with gradc"
            )
        return _report("disagree", order.order, detail, excused)
    orders = [order.order for _, order in judged if order.order is not None]
    if orders:
        return _report("agree", median(orders), _counted(judged, found))
    if judged:
        return _report("agree", None, f"linear up to rounding{_counted(judged, found, '; ')}")
    reason = found[0][1].reason if found else "there is no smooth point to step away from"
    return _report("inconclusive", None, reason)


def _heard(answers: Sequence[Answer]) -> list[Numbers]:
    return [answer for answer in answers if isinstance(answer, Numbers)]


def _report(
    status: SourceStatus, order: float | None, detail: str, excused: bool = False
) -> SourceReport:
    return SourceReport("taylor", "witness", status, (), detail, excused=excused, order=order)


def _counted(
    judged: Sequence[object], found: Sequence[tuple[Walk, Order]], before: str = ""
) -> str:
    """Where some points could not tell, how many could and why the others could not."""
    if len(judged) == len(found):
        return ""
    reason = next(order.reason for _, order in found if order.finding == "unclear")
    return f"{before}clear at {len(judged)} of {len(found)} points: {reason}"


def _is_proved(case: Case, host: str, numbers: Numbers, model: Arithmetic) -> bool:
    """Whether this very gradient is inside its bounds, around what quotients confirm."""
    for output in case.truth.cells:
        if not output.startswith("gradient:"):
            continue
        said = pairs(numbers, output, case.expected(host, output), model)
        for row, (got, wanted) in enumerate(said):
            sure = case.confirmation.confirms(output, row)
            if not sure or judge(got, wanted, model).status == "disagree":
                return False
    return True


# ------------------------------------------------------------------------------- remainders


def _both_sides(
    line: Walk, host: str, start: Numbers, answers: Sequence[Answer], model: Arithmetic
) -> Order:
    """What the remainders say of both sides of a point."""
    size = len(STEPS)
    sides = [
        _remainders(line, host, start, answers, model, places)
        for places in (range(size), range(size, 2 * size))
    ]
    ahead, back = (order_of(*side) for side in sides)
    if {ahead.finding, back.finding} == {"wrong"}:
        # What a wrong gradient leaves changes sign with the step; what a kink leaves does not.
        last = [next(r for r in reversed(side[1]) if abs(r) > 0) for side in sides]
        opposed = abs(last[0] + last[1]) < _NEAR * max(map(abs, last))
        return ahead if opposed else Order("unclear", None, _KINK)
    if "unclear" in (ahead.finding, back.finding):
        return ahead if ahead.finding == "unclear" else back
    if "wrong" in (ahead.finding, back.finding):
        return Order("unclear", None, _KINK)
    return ahead if ahead.order is not None else back


def _remainders(
    line: Walk,
    host: str,
    start: Numbers,
    answers: Sequence[Answer],
    model: Arithmetic,
    places: range,
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Steps, remainders, what of each may be rounding, and the size of ``h*g*d``.

    Rows of a value are put together by random signs.
    """
    value = np.atleast_1d(np.asarray(start.value, dtype=np.float64))
    signs = _signs(len(value))
    bounds = line.case.bounds[host].cells
    radius = _radii(bounds["value"], len(value))
    lead = np.ndim(start.value)
    found: tuple[list[float], ...] = ([], [], [], [])
    for step, place in zip(STEPS, places, strict=True):
        move, answer = line.moves[place], answers[place]
        if not isinstance(answer, Numbers):
            continue
        other = np.atleast_1d(np.asarray(answer.value, dtype=np.float64))
        if other.shape != value.shape:
            continue
        terms = list(_terms(start, move, signs, lead))
        linear = math.fsum(term for term, _ in terms)
        numbers = [*(signs * other), *(-signs * value), -linear]
        if not all(map(math.isfinite, numbers)):
            continue
        # A value of another size is rounded by as much more.
        with np.errstate(all="ignore"):
            growth = np.maximum(1.0, np.nan_to_num(np.abs(other) / np.abs(value), posinf=1.0))
        floor = float(np.sum(radius * (1.0 + growth)))
        floor += sum(size for _, size in terms) * float(model.unit)
        floor += _gradient_rounding(bounds, move, len(value))
        for part, number in zip(found, (step, math.fsum(numbers), floor, abs(linear)), strict=True):
            part.append(number)
    return found[0], found[1], found[2], found[3]


def _signs(rows: int) -> Any:
    draw = random.Random(rows)  # noqa: S311 - reproducible, not secret
    return np.array([1.0] if rows == 1 else [draw.choice((-1.0, 1.0)) for _ in range(rows)])


def _radii(bounds: Sequence[Any], rows: int) -> Any:
    radii = [float(bound.radius) for bound in bounds]
    return np.array(radii * rows if len(radii) == 1 else radii)


def _terms(
    numbers: Numbers, move: Mapping[str, Any], signs: Any, lead: int
) -> Iterator[tuple[float, float]]:
    """What each parameter adds to ``h*g*d``, and the size of what was added up for it."""
    for name, part in move.items():
        gradient = np.asarray(numbers.gradient[name], dtype=np.float64)
        summed = lead and not numbers.gradient_of_sum
        rows = gradient.reshape(-1, part.size) if summed else gradient.reshape(1, -1)
        products = (signs[:, None] if summed else 1.0) * rows * part.reshape(1, -1)
        yield math.fsum(products.ravel()), float(np.sum(np.abs(products)))


def _gradient_rounding(
    bounds: Mapping[str, Sequence[Any]], move: Mapping[str, Any], rows: int
) -> float:
    """What the rounding of the gradient is worth in ``h*g*d``."""
    total = 0.0
    for output, row in bounds.items():
        if not output.startswith("gradient:"):
            continue
        name = output.removeprefix("gradient:").partition("[")[0]
        part = move.get(output.removeprefix("gradient:"), move.get(name))
        if part is not None:
            largest = float(np.max(np.abs(part), initial=0.0))
            total += largest * float(np.sum(_radii(row, rows if len(row) == 1 else len(row))))
    return total


# ------------------------------------------------------------------------------------ order


def order_of(
    steps: Sequence[float],
    remainders: Sequence[float],
    floors: Sequence[float],
    slopes: Sequence[float],
) -> Order:
    """The order in which remainders at falling steps fall.

    ``floors`` are what of each may be rounding, ``slopes`` the sizes of ``h*g*d``: what a
    gradient that is wrong by itself would leave.
    """
    clear = [abs(r) > _CLEAR * f for r, f in zip(remainders, floors, strict=True)]
    last = max((k for k, is_clear in enumerate(clear) if is_clear), default=-1)
    first = last
    while first > 0 and clear[first - 1] and last - first + 1 < _WINDOW:
        first -= 1
    tail = range(last + 1, len(steps))
    window = range(first, last + 1)
    if last < 0 or len(window) < _FEWEST or not _continues(steps, remainders, floors, window):
        return _flat(tail, remainders, floors, slopes)
    order, spread = _fit(steps, remainders, window)
    if spread > _NEAR:
        return Order("unclear", None, "the remainder falls irregularly")
    if order > 2 - _NEAR:
        return Order("right", order)
    if abs(order - 1) < _NEAR:
        return Order("wrong", order)
    return Order("unclear", order, f"the remainder falls with order {order:.2f}")


def _fit(steps: Sequence[float], remainders: Sequence[float], window: range) -> tuple[float, float]:
    """The slope of log|remainder| over log h by least squares, and how far pairs are from it."""
    x = [math.log(steps[k]) for k in window]
    y = [math.log(abs(remainders[k])) for k in window]
    middle = sum(x) / len(x)
    slope = sum((a - middle) * b for a, b in zip(x, y, strict=True))
    slope /= sum((a - middle) ** 2 for a in x)
    local = [(v - u) / (b - a) for (a, b), (u, v) in zip(pairwise(x), pairwise(y), strict=True)]
    return slope, max(abs(one - slope) for one in local)


def _continues(
    steps: Sequence[float], remainders: Sequence[float], floors: Sequence[float], window: range
) -> bool:
    """Whether the power law of the last steps fits what is seen at smaller ones."""
    order, _ = _fit(steps, remainders, window)
    last = window[-1]
    for k in range(last + 1, len(steps)):
        expected = abs(remainders[last]) * (steps[k] / steps[last]) ** order
        if expected > 2 * (abs(remainders[k]) + floors[k]):
            return False
    return True


def _flat(
    tail: range, remainders: Sequence[float], floors: Sequence[float], slopes: Sequence[float]
) -> Order:
    """A remainder that is rounding, where a wrong gradient would have been seen."""
    telling = [k for k in tail if slopes[k] > _CLEAR * floors[k]]
    if len(telling) < _FEWEST:
        return Order("unclear", None, "too few steps are above the rounding of the value")
    if any(abs(remainders[k]) > floors[k] for k in telling):
        return Order("unclear", None, "too few steps are above the rounding of the value")
    return Order("flat", None)
