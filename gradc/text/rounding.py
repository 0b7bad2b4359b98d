"""R's ``round`` and ``signif`` of doubles, as R 4 computes them: in doubles, step by step."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

_LARGEST_POWER: Final = 308
_DIGITS: Final = 15
_MOST_DIGITS: Final = 22  # signif leaves the number alone when asked for more
_FAR_SHIFT: Final = 22
_LOG10_2: Final = 0.301029995663981195213738894724


@lru_cache(maxsize=2048)
def power_of_ten(exponent: int) -> float:
    """10**exponent by repeated squaring, each product rounded: R's, not the nearest double."""
    factor, square, left = 1.0, 10.0, abs(exponent)
    while True:
        if left & 1:
            factor *= square
        left >>= 1
        if not left:
            return 1.0 / factor if exponent < 0 else factor
        square *= square


def _nearest(value: float) -> float:
    """The nearest whole number, ties to even; keeps the sign of a zero."""
    if abs(value) >= 2.0**52 or not math.isfinite(value):
        return value
    return math.copysign(float(round(value)), value)


def r_round(x: float, digits: int = 0) -> float:
    """``round(x, digits)``: the nearer of the two candidates, of two equally near the even one."""
    if not math.isfinite(x) or x == 0.0 or digits > _LARGEST_POWER + _DIGITS:
        return x
    if digits < -_LARGEST_POWER:
        return 0.0
    if digits == 0:
        return _nearest(x)
    # As C's logb has it: the exponent of the leading bit, also of a subnormal number.
    log2 = math.frexp(x)[1] - 1
    if _LOG10_2 * (0.5 + log2) + digits > _DIGITS:
        return x
    return math.copysign(_round_magnitude(abs(x), digits), x)


def _round_magnitude(x: float, digits: int) -> float:
    near = power_of_ten(min(digits, _LARGEST_POWER))
    far = power_of_ten(max(digits - _LARGEST_POWER, 0))
    scaled = x * near * far
    whole = float(math.floor(scaled))
    below = whole / near / far
    above = float(math.ceil(scaled)) / near / far
    up, down = above - x, x - below
    odd = math.fmod(whole, 2.0) == 1.0
    return above if up < down or (odd and up == down) else below


def r_signif(x: float, digits: int = 6) -> float:
    """``signif(x, digits)``: rounded to so many significant decimal digits."""
    if not math.isfinite(x) or x == 0.0 or digits > _MOST_DIGITS:
        return x
    digits = max(digits, 1)
    magnitude = abs(x)
    log10 = math.log10(magnitude)
    shift = digits - 1 - math.floor(log10)
    if abs(log10) < _LARGEST_POWER - 2:
        return math.copysign(_signif_near(magnitude, shift), x)
    return math.copysign(_signif_far(magnitude, digits, shift, log10), x)


def _signif_near(x: float, shift: int) -> float:
    if shift <= 0:
        power = power_of_ten(-shift)
        return _nearest(x / power) * power
    near = power_of_ten(min(shift, _LARGEST_POWER))
    far = power_of_ten(max(shift - _LARGEST_POWER, 0))
    return _nearest(x * near * far) / near / far


def _signif_far(x: float, digits: int, shift: int, log10: float) -> float:
    """At the ends of the range, where no single power of ten will do."""
    rounds = _LARGEST_POWER - log10 >= power_of_ten(-digits)
    part = digits + (_FAR_SHIFT if shift > 0 else -_FAR_SHIFT)
    first, second = power_of_ten(part), power_of_ten(shift - part)
    scaled = x * first * second
    if rounds:
        scaled += 0.5
    return float(math.floor(scaled)) / first / second
