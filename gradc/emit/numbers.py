"""The one place where doubles are printed, so that each target reads the very same double."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache


def python_number(value: float) -> str:
    """A literal of Python; never negative zero, infinite or NaN, which need a name."""
    return repr(value)


def cpp_number(value: float) -> str:
    """A literal of C++, of type double."""
    return repr(value)


@lru_cache(maxsize=65536)
def r_number(value: float) -> str:
    """A literal of R: the decimal where R's reader gets it right, else hexadecimal."""
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
    magnitude = abs(value)
    if all(_read_by_r(text.lstrip("-"), bits) == magnitude for bits in _MANTISSAS):
        return text
    return _short_hex(value)


def _short_hex(value: float) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{exponent}"


# R computes in C's long double: 64 bits on x86, 113 on 64-bit ARM under Linux, 53 on Apple's.
_MANTISSAS = (53, 64, 113)


def _rounded(value: Fraction, bits: int) -> Fraction:
    """To nearest, ties to even, with a mantissa of ``bits`` bits and any exponent."""
    if not value:
        return value
    shift = value.numerator.bit_length() - value.denominator.bit_length() - bits
    scaled = value / Fraction(2) ** shift
    if scaled >= 2**bits:
        shift += 1
        scaled /= 2
    elif scaled < 2 ** (bits - 1):
        shift -= 1
        scaled *= 2
    return round(scaled) * Fraction(2) ** shift


def _read_by_r(text: str, bits: int) -> float:
    """What ``R_strtod`` makes of a decimal, in long doubles of this many bits.

    Source: R 4.2, src/main/arithmetic.c. Digits are gathered into one number, which is then
    multiplied or divided by a power of ten found by repeated squaring; each step rounds.
    """
    mantissa, _, exponent = text.partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = whole + decimals
    shift = int(exponent or 0) - len(decimals)
    if shift + len(digits) < -300 or abs(shift) > 307:
        return math.nan  # where R takes further detours, no decimal is trusted
    total = Fraction(0)
    for digit in digits:
        total = _rounded(_rounded(10 * total, bits) + int(digit), bits)
    factor, power, n = Fraction(1), Fraction(10), abs(shift)
    while n:
        if n & 1:
            factor = _rounded(factor * power, bits)
        n >>= 1
        power = _rounded(power * power, bits)
    total = _rounded(total / factor if shift < 0 else total * factor, bits)
    try:
        return float(total)
    except OverflowError:
        return math.inf
