"""One answer against the truth, judged by its bound.

NaN equals only NaN, an infinity only the same infinity. Nothing is masked or rounded first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from flint import arb, ctx

from gradc.run import Numbers
from gradc.verify.bounds import Bound, Method
from gradc.verify.cells import Ball
from gradc.verify.oracle import State
from gradc.verify.rounding import Arithmetic

# The sum of rows is as exact as the rows are.
_BITS = 3200

Status = Literal["agree", "disagree", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one number should be, and how far off it may be."""

    value: Ball
    state: State
    bound: Bound


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one number.

    ``error_ulp`` is the distance in units of the last digit of the true value, infinite where
    one of the two is not finite; ``share`` the distance as a part of the bound.
    """

    status: Status
    error_ulp: float
    bound_ulp: float
    share: float
    got: float
    expected: float
    bound: float
    method: str


def judge(got: float, expected: Expected, model: Arithmetic) -> Judgement:
    """Whether one number is inside [true ± bound].

    A bound as wide as the value itself cannot tell right from wrong: inconclusive.
    """
    true, radius = expected.value, expected.bound.radius
    if expected.state != "finite" or not math.isfinite(got):
        status = _judge_special(got, expected, model)
        bad = status == "disagree"
        error = 0.0 if status == "agree" else math.inf
        return _judgement(status, error, math.inf if bad else 0.0, got, expected, model)
    error = abs(arb(got) - true).upper()
    ulp = ulp_of(true, model)
    close = error <= ulp / 2 or (abs(true) < model.tiny and error <= model.tiny)
    status = "agree"
    if not close:
        if error > radius + true.rad():
            status = "disagree"
        elif not radius < abs(true):
            status = "inconclusive"
    share = 0.0 if error.is_zero() else float(error / radius) if radius > 0 else math.inf
    return _judgement(status, float(error / ulp), share, got, expected, model)


def _judge_special(got: float, expected: Expected, model: Arithmetic) -> Status:
    """The cases where truth or answer is no finite number."""
    true, state, radius = expected.value, expected.state, expected.bound.radius
    if state == "undecided":
        return "inconclusive"
    if state == "undefined":
        return "agree" if math.isnan(got) else "disagree"
    if math.isnan(got):
        return "disagree"
    if state == "infinite":
        if math.isinf(got):
            # The sign of a pole hangs on the sign of a zero, which balls do not have.
            return "agree" if (got > 0) == bool(true > 0) else "inconclusive"
        return "disagree"
    if (got > 0) != bool(true > 0):
        return "disagree"
    if abs(true) > model.largest:
        return "agree"
    overflows = radius.is_finite() and abs(true) + radius > model.largest
    return "inconclusive" if overflows else "disagree"


def _judgement(
    status: Status, error: float, share: float, got: float, expected: Expected, model: Arithmetic
) -> Judgement:
    radius = expected.bound.radius
    finite = expected.state == "finite"
    bound_ulp = float(radius / ulp_of(expected.value, model)) if finite else 0.0
    value = (
        math.nan if expected.state in ("undefined", "undecided") else float(expected.value.mid())
    )
    method = expected.bound.method
    return Judgement(status, error, bound_ulp, share, got, value, float(radius), method)


@cache
def _power(exponent: int) -> Ball:
    return arb(2) ** exponent


_HALF = 0.5
_FAR = 100  # far from the smallest and largest numbers, single precision ones too


def ulp_of(value: Ball, model: Arithmetic) -> Ball:
    """The distance between the doubles (or floats) on both sides of a value."""
    fraction, top = math.frexp(abs(float(value)))
    # Rounding to a double may have reached a power of two, where the distance doubles.
    if fraction > _HALF and -_FAR < top < _FAR:
        return _power(top - model.digits)
    lowest = arb(2) ** (-1074 if model.dtype == "float64" else -149)
    middle = abs(value).mid()
    if middle.is_zero() or middle < lowest:
        return lowest
    mantissa, exponent = middle.man_exp()
    top = int(exponent) + int(mantissa).bit_length()
    return max(lowest, arb(2) ** (top - model.digits))


def pairs(
    numbers: Numbers,
    name: str,
    expected: Sequence[Expected],
    model: Arithmetic,
    *,
    is_summed: bool = False,
) -> Iterator[tuple[float, Expected]]:
    """What a program computed for an output beside what it should be, one pair a row.

    Where a toolchain differentiates only the sum over rows, the expected rows are summed,
    unless they are already.
    Raises: LookupError where the program has no such output, ValueError where its shape is
    not that of the truth.
    """
    got = np.asarray(_part(numbers, name), dtype=np.float64)
    rows = np.size(numbers.value)
    kind = name.partition(":")[0]
    if is_summed and kind == "gradient":
        pass
    elif (kind == "gradient" and numbers.gradient_of_sum) or (
        kind == "hessian" and numbers.hessian_of_sum
    ):
        full = list(expected) * rows if len(expected) == 1 else list(expected)
        expected = [summed(full, model)]
    flat = got.ravel()
    if len(expected) == 1 and len(flat) > 1:
        expected = list(expected) * len(flat)
    if len(flat) != len(expected):
        raise ValueError(f"{len(flat)} numbers for '{name}', which has {len(expected)}")
    yield from zip((float(number) for number in flat), expected, strict=True)


def summed(expected: Sequence[Expected], model: Arithmetic) -> Expected:
    """What the sum of rows should be: errors of the rows add up, and the sum is rounded too."""
    total, radius, size = arb(0), arb(0), arb(0)
    method: Method = "ball"
    state: State = "finite"
    with ctx.workprec(_BITS):
        for item in expected:
            total = total + item.value
            radius, size = radius + item.bound.radius, size + abs(item.value)
            state = item.state if item.state != "finite" else state
            method = item.bound.method if item.bound.method != "ball" else method
        radius = radius + (size + radius) * model.unit * len(expected)
    failure = next((e.bound.range_failure for e in expected if e.bound.range_failure), "")
    return Expected(total, state, Bound(radius.upper(), method, failure))


def _part(numbers: Numbers, name: str) -> Any:
    """The part of an answer that an output's name stands for."""
    kind, _, rest = name.partition(":")
    if kind == "value":
        return numbers.value
    if kind == "report":
        return _picked(np.asarray(numbers.reports[rest], dtype=np.float64), None, 0)
    lead = 0 if numbers.gradient_of_sum else np.ndim(numbers.value)
    if kind == "gradient":
        return _element(numbers.gradient, rest, lead)
    if kind != "hessian" or numbers.hessian is None:
        raise LookupError(name)
    lead = 0 if numbers.hessian_of_sum else np.ndim(numbers.value)
    first, second = _split(rest, numbers.hessian)
    row_name, row = _base(first, numbers.hessian)
    block = numbers.hessian[row_name]
    column_name, column = _base(second, block)
    array = np.asarray(block[column_name], dtype=np.float64)
    if column is not None:
        picker: Any = (..., *column)
        array = array[picker]
    return _picked(array, row, lead)


def _element(parts: Mapping[str, Any], name: str, lead: int) -> Any:
    base, index = _base(name, parts)
    if parts[base] is None:
        raise LookupError(name)
    return _picked(np.asarray(parts[base], dtype=np.float64), index, lead)


def _picked(array: Any, index: tuple[int, ...] | None, lead: int) -> Any:
    """One element of a parameter, or all of them; a matrix column by column, as cells are."""
    if index is not None:
        return array[(slice(None),) * lead + index]
    return np.swapaxes(array, -1, -2) if array.ndim == lead + 2 else array


def _base(name: str, parts: Mapping[str, Any]) -> tuple[str, tuple[int, ...] | None]:
    """A parameter's name and which element of it is meant, from 0; None for all of it."""
    if name in parts:
        return name, None
    base, _, index = name.rpartition("[")
    places = index.rstrip("]").split(",")
    if base not in parts or not all(place.isdigit() for place in places):
        raise LookupError(name)
    return base, tuple(int(place) - 1 for place in places)


def _split(rest: str, parts: Mapping[str, Any]) -> tuple[str, str]:
    """``a:b`` at the colon that leaves two parameters; a name may hold a colon itself."""
    for place in (i for i, c in enumerate(rest) if c == ":"):
        first, second = rest[:place], rest[place + 1 :]
        try:
            _base(second, parts[_base(first, parts)[0]])
        except LookupError:
            continue
        return first, second
    raise LookupError(rest)
