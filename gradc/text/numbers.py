"""How one number, or one string, becomes text: ``as.character``, ``paste`` and ``deparse``.

Everything is as R 4.2 on x86-64 has it. R counts the digits that a double needs in C's long
double, which has 64 bits there; the same roundings are made here in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from gradc.text.cformat import Atom
from gradc.text.r_quoting import quoted

Kind = Literal["logical", "integer", "double", "character"]

_LOGICAL: Final = {True: "TRUE", False: "FALSE"}
DIGITS_OF_A_DOUBLE: Final = 15
_TABLED: Final = 27  # R tables the powers of ten up to this one, as doubles
_LONG_BITS: Final = 64
_NA: Final[dict[Kind, str]] = {
    "logical": "NA", "integer": "NA_integer_", "double": "NA_real_", "character": "NA_character_",
}  # fmt: skip

Binary = tuple[int, int]
"""``(m, e)`` stands for m * 2**e."""


def non_finite(value: float) -> str:
    """``NaN``, ``Inf`` or ``-Inf``."""
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"


# ------------------------------------------------------------------ digits that a double needs


@dataclass(frozen=True, slots=True)
class Shape:
    """``power``: the exponent of ten; ``digits``: significant digits, no zeros at the end.

    ``widens`` where only the rounding to these digits brings the number up to 10**power.
    """

    power: int
    digits: int
    widens: bool = False


def _long_quotient(numerator: int, denominator: int) -> Binary:
    """A positive quotient as a long double: to nearest, ties to even."""
    shift = _LONG_BITS + 2 - numerator.bit_length() + denominator.bit_length()
    if shift >= 0:
        quotient, rest = divmod(numerator << shift, denominator)
    else:
        quotient, rest = divmod(numerator, denominator << -shift)
    extra = quotient.bit_length() - _LONG_BITS
    kept, half = quotient >> extra, 1 << (extra - 1)
    dropped = quotient & ((1 << extra) - 1)
    if dropped > half or (dropped == half and (rest or kept & 1)):
        kept += 1
    return kept, extra - shift


@lru_cache(maxsize=1024)
def _long_power_of_ten(exponent: int) -> Binary:
    if exponent >= 0:
        return _long_quotient(10**exponent, 1)
    return _long_quotient(1, 10**-exponent)


def _scaled(magnitude: float, power: int) -> Binary:
    """The magnitude over 10**power as R finds it, in one or two roundings."""
    numerator, denominator = magnitude.as_integer_ratio()
    if abs(power) <= _TABLED:
        # Not quite 10**power from 10**23 on: the table holds doubles.
        tabled = int(float(10 ** abs(power)))
        if power < 0:
            return _long_quotient(numerator * tabled, denominator)
        return _long_quotient(numerator, denominator * tabled)
    mantissa, exponent = _long_power_of_ten(power)
    if exponent < 0:
        return _long_quotient(numerator << -exponent, denominator * mantissa)
    return _long_quotient(numerator, denominator * mantissa << exponent)


def _to_whole(value: Binary) -> int:
    """The nearest whole number, ties to even."""
    mantissa, exponent = value
    if exponent >= 0:
        return mantissa << exponent
    whole, dropped = mantissa >> -exponent, mantissa & ((1 << -exponent) - 1)
    half = 1 << (-exponent - 1)
    return whole + (dropped > half or (dropped == half and whole & 1))


def shape(value: float, digits: int) -> Shape:
    """What a finite double needs when at most so many significant digits may be shown."""
    if value == 0.0:
        return Shape(0, 1)
    magnitude = abs(value)
    if digits > DIGITS_OF_A_DOUBLE:
        mantissa, _, exponent = f"{magnitude:.{digits - 1}e}".partition("e")
        return Shape(int(exponent), max(1, len(mantissa.rstrip("0")) - 1))
    power = math.floor(math.log10(magnitude)) - digits + 1
    scaled = _scaled(magnitude, power)
    mantissa_, exponent_ = scaled
    if mantissa_ < 10 ** (digits - 1) << max(0, -exponent_):
        scaled = _long_quotient(10 * mantissa_ << max(0, exponent_), 1 << max(0, -exponent_))
        power -= 1
    whole = _to_whole(scaled)
    needed = digits
    while needed and whole % 10 == 0:
        whole //= 10
        needed -= 1
    if needed == 0:  # rounded up to the next power of ten
        needed, power = 1, power + 1
    power += digits - 1
    fuzz = 0.5 / 10.0 ** min(max(digits - power, 0), _TABLED)
    widens = 0 < power <= _TABLED and magnitude < float(10**power) - fuzz
    return Shape(power, needed, widens)


# ------------------------------------------------------------------ one format for many doubles


@dataclass(frozen=True, slots=True)
class Layout:
    """A format common to some doubles: ``%width.decimalsf``, or ``e`` where ``scientific``."""

    width: int
    decimals: int
    scientific: bool


def layout(values: Sequence[float | None], digits: int, nsmall: int = 0, scipen: int = 0) -> Layout:
    """The format that R chooses: fixed unless it is wider than scientific by over ``scipen``."""
    special = max((_special_width(value) for value in values), default=0)
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if not finite:
        return Layout(special, 0, False)
    negative = any(value < 0 for value in finite)
    whole_width = decimals = significant = 0
    most, least = -math.inf, math.inf
    for value in finite:
        entry = shape(value, digits)
        left = entry.power + (0 if entry.widens else 1)
        most, least = max(most, left), min(least, left)
        whole_width = max(whole_width, max(left, 1) + (value < 0))
        decimals = max(decimals, entry.digits - left)
        significant = max(significant, entry.digits)
    if most < 0:
        whole_width = 1 + negative
    fixed = whole_width + decimals + (decimals > 0)
    wide_exponent = most > 100 or least <= -99
    scientific = negative + (significant > 1) + significant - 1 + 5 + wide_exponent
    if fixed > scientific + scipen:
        return Layout(max(special, scientific), significant - 1, True)
    if nsmall > decimals:
        decimals = nsmall
        fixed = whole_width + decimals + 1
    return Layout(max(special, fixed), decimals, False)


def _special_width(value: float | None) -> int:
    if value is None:
        return 2
    return 0 if math.isfinite(value) else len(non_finite(value))


def encode(value: float | None, chosen: Layout) -> str:
    """One double in a chosen format, not yet padded; zero never has a sign."""
    if value is None:
        return "NA"
    if not math.isfinite(value):
        return non_finite(value)
    return f"{value or 0.0:.{chosen.decimals}{'e' if chosen.scientific else 'f'}}"


# ------------------------------------------------------------------ single atoms


def as_character(atom: Atom) -> str:
    """The text of one atom as ``as.character`` and ``paste`` give it, ``NA`` for NA."""
    if isinstance(atom, str):
        return atom
    if isinstance(atom, float):
        return _double_text(atom)
    return "NA" if atom is None else _LOGICAL[atom] if isinstance(atom, bool) else str(atom)


def _double_text(value: float) -> str:
    text = encode(value, layout((value,), DIGITS_OF_A_DOUBLE))
    if "." not in text:
        return text
    # The digits were counted in a long double; the exact ones may end in zeros all the same.
    mantissa, mark, exponent = text.partition("e")
    return mantissa.rstrip("0").rstrip(".") + mark + exponent


def deparse_number(atom: float | int | bool | None, kind: Kind = "logical") -> str:
    """What ``deparse`` prints for a constant; ``kind`` tells which of R's NAs a None is."""
    if atom is None:
        return _NA[kind]
    if isinstance(atom, float):
        return encode(atom, layout((atom,), DIGITS_OF_A_DOUBLE))
    return as_character(atom) if isinstance(atom, bool) else f"{atom}L"


def deparse_string(text: str) -> str:
    """A string in double quotes with R's escapes; what is printable stays as it is."""
    return quoted(text, '"')
