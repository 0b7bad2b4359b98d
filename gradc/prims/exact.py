"""Arithmetic on constants, done at compile time only where no rounding happens.

A folded constant carries no error bound of its own, so ``1/3`` stays an operation and
``2 - 1`` becomes a number.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

_LARGEST_EXPONENT = 64


Fold = Callable[[float, float], "float | None"]


_WHOLE = 2.0**53


def _exactly(operation: Callable[[Any, Any], Any], *, ring: bool = False) -> Fold:
    """The operation on two doubles where its result is exact, None where it rounds.

    Whole numbers below 2^53 are closed under the operations of a ring, which loop counters are
    made of.
    """

    def fold(x: float, y: float) -> float | None:
        if ring and x.is_integer() and y.is_integer():
            value = float(operation(x, y))
            if abs(value) < _WHOLE:
                return value
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        try:
            value = float(operation(x, y))
            exact = operation(Fraction(x), Fraction(y))
        except (ArithmeticError, ValueError):
            return None
        return value if math.isfinite(value) and Fraction(value) == exact else None

    cached = lru_cache(maxsize=1024)(fold)  # a rule folds the same pair at every node it meets
    # 0.0 and -0.0 would be one key of the cache.
    return lambda x, y: cached(x, y) if x and y else fold(x, y)


def _power(x: float, y: float) -> float | None:
    if not (y.is_integer() and abs(y) <= _LARGEST_EXPONENT):
        return None
    return _WHOLE_POWER(x, y)


_WHOLE_POWER = _exactly(lambda x, y: x ** int(y))

BINARY: dict[str, Fold] = {
    "add": _exactly(operator.add, ring=True),
    "sub": _exactly(operator.sub, ring=True),
    "mul": _exactly(operator.mul, ring=True),
    "div": _exactly(operator.truediv),
    "pow": _power,
    "idiv": _exactly(operator.floordiv),
    "mod": _exactly(operator.mod),
    "min2": min,
    "max2": max,
}

COMPARISON: dict[str, Callable[[float, float], bool]] = {
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
}


def whole(operation: str, x: float) -> float | None:
    """floor, ceiling, round, trunc, abs and sign of a number, all exact."""
    if not math.isfinite(x):
        return None
    if operation == "abs":
        return abs(x)
    if operation == "sign":
        return float((x > 0) - (x < 0))
    steps: dict[str, Callable[[float], int]] = {
        "floor": math.floor,
        "ceiling": math.ceil,
        "round": round,
        "trunc": math.trunc,
    }
    return float(steps[operation](x))


WHOLE = frozenset({"abs", "sign", "floor", "ceiling", "round", "trunc"})
