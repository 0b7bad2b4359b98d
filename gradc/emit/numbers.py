"""The one place where doubles are printed, so that each target reads the very same double."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache


def python_number(value: float) -> str:
    """A literal of Python; never negative zero, infinite or NaN, which need a name."""
    return repr(value)


def cpp_number(value: float) -> str:
    """A literal of C++, of type double."""
    return repr(value)


_OF_PI = {factor * math.pi: factor for factor in (2.0, 3.0, 4.0, 6.0, 8.0, 16.0)}
"""Doubles that are a few times pi, as a product of doubles gives them."""


def times_pi(value: float) -> float | None:
    """The whole number of which a double is the multiple of pi, 1 excepted."""
    return _OF_PI.get(value)


# R computes in C's long double: 64 bits on x86, 113 on 64-bit ARM under Linux, 53 on Apple's.
_MANTISSAS = (53, 64, 113)
_LONG = (64, 113)


@lru_cache(maxsize=65536)
def r_number(value: float, mantissas: tuple[int, ...] = _MANTISSAS) -> str:
    """A literal of R: a decimal that R's reader gets right, else hexadecimal.

    It reads the shortest decimal wrongly where that has more digits than its mantissa holds;
    another decimal inside the same double's interval is then read right.
    """
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
    magnitude = abs(value)
    for decimal in (text.lstrip("-"), *_neighbours(magnitude)):
        if all(_read_by_r(decimal, bits) == magnitude for bits in mantissas):
            return f"-{decimal}" if value < 0 else decimal
    return _short_hex(value)


def r_vector(numbers: Sequence[str]) -> str:
    """A vector of R with these literals, ``rep(0, 50)`` where they are all one."""
    if len(numbers) > 2 and len(set(numbers)) == 1:
        return f"rep({numbers[0]}, {len(numbers)})"
    return f"c({', '.join(numbers)})"


def r_start(value: float) -> str:
    """A starting value, readable first of all: exact wherever R has a long double."""
    return r_number(value, _LONG)


def _neighbours(magnitude: float) -> Iterator[str]:
    """Decimals of 17 and of 18 digits that stand for the same double, nearest first."""
    for count, near in _NEAR.items():
        mantissa, _, exponent = f"{magnitude:.{count - 1}e}".partition("e")
        digits = int(mantissa.replace(".", ""))
        for step in sorted(range(-near, near + 1), key=abs):
            text = str(digits + step)
            decimal = _placed(text, int(exponent) + len(text) - count)
            if float(decimal) == magnitude:
                yield decimal


def _placed(digits: str, exponent: int) -> str:
    """``d.ddd`` times a power of ten, written as Python writes it."""
    if not _LOWEST <= exponent < _HIGHEST:
        return f"{digits[0]}.{digits[1:]}e{exponent:+03d}"
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def _short_hex(value: float) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{exponent}"


# How many units of the last of so many digits a double's interval may reach to either side.
_NEAR = {17: 12, 18: 112}
_LOWEST, _HIGHEST = -4, 16

Binary = tuple[int, int]
"""``(m, e)`` stands for m * 2**e."""


def _rounded(mantissa: int, exponent: int, bits: int) -> Binary:
    """To nearest, ties to even, with a mantissa of ``bits`` bits and any exponent."""
    extra = mantissa.bit_length() - bits
    if extra <= 0:
        return mantissa, exponent
    kept = mantissa >> extra
    dropped, half = mantissa & ((1 << extra) - 1), 1 << (extra - 1)
    if dropped > half or (dropped == half and kept & 1):
        kept += 1
    return kept, exponent + extra


def _product(x: Binary, y: Binary, bits: int) -> Binary:
    return _rounded(x[0] * y[0], x[1] + y[1], bits)


def _quotient(x: Binary, y: Binary, bits: int) -> Binary:
    shift = max(0, bits + 2 + y[0].bit_length() - x[0].bit_length())
    quotient, rest = divmod(x[0] << shift, y[0])
    # One more bit stands for all that follow: it decides ties.
    return _rounded(quotient << 1 | (rest != 0), x[1] - y[1] - shift - 1, bits)


@lru_cache(maxsize=2048)
def _power_of_ten(exponent: int, bits: int) -> Binary:
    """10**exponent as R finds it, by repeated squaring."""
    factor, power = (1, 0), (10, 0)
    while exponent:
        if exponent & 1:
            factor = _product(factor, power, bits)
        exponent >>= 1
        power = _product(power, power, bits)
    return factor


def _read_by_r(text: str, bits: int) -> float:
    """What ``R_strtod`` makes of a decimal, in long doubles of this many bits.

    Source: R 4.2, src/main/arithmetic.c. Digits are gathered into one number, which is then
    multiplied or divided by a power of ten; each step rounds.
    """
    mantissa, _, exponent = text.partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = whole + decimals
    shift = int(exponent or 0) - len(decimals)
    if shift + len(digits) < -300 or abs(shift) > 307:
        return math.nan  # where R takes further detours, no decimal is trusted
    total = (0, 0)
    for digit in digits:
        ten = _rounded(10 * total[0], total[1], bits)
        whole_part = (ten[0] << ten[1]) + int(digit)
        total = _rounded(whole_part, 0, bits)
    scale = _quotient if shift < 0 else _product
    m, e = scale(total, _power_of_ten(abs(shift), bits), bits)
    try:
        return float(Fraction(m) * Fraction(2) ** e)
    except OverflowError:
        return math.inf
