"""C's ``printf`` conversions, as R hands numbers to them.

Python's own ``%`` gives the digits of a double, as exact as glibc's. What it does not know, or
does otherwise (``%a``, ``%#o``, a precision of integers), is laid out here.
"""

from __future__ import annotations

from typing import Final

Atom = float | int | bool | str | None
"""One element of an R vector: double, integer, logical, character, or NA (None)."""

_UNSIGNED: Final = {"o": ("o", "0"), "x": ("x", "0x"), "X": ("X", "0X")}
_MANTISSA_DIGITS: Final = 13  # hexadecimal digits after the point of a double


class BadFormat(ValueError):
    """A format that R rejects, or a text that R cannot be followed in; ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def padded(text: str, flags: str, width: int) -> str:
    """A text in its field, at the right end unless ``-`` is among the flags."""
    return text.ljust(width) if "-" in flags else text.rjust(width)


def c_integer(
    value: int, conversion: str, flags: str = "", width: int = 0, precision: int | None = None
) -> str:
    """An integer under ``%d``, ``%i``, ``%o``, ``%x`` or ``%X``."""
    prefix = ""
    if conversion in _UNSIGNED:
        spec, alternative = _UNSIGNED[conversion]
        digits = format(value & 0xFFFFFFFF, spec)
        prefix = alternative if "#" in flags and value else ""
    else:
        digits = str(abs(value))
        prefix = _sign(value < 0, flags)
    if precision == 0 and value == 0:
        digits = ""
    digits = digits.rjust(precision or 0, "0")
    if prefix == "0":  # octal: one leading zero is enough
        prefix = "" if digits.startswith("0") else prefix
    elif conversion == "o" and "#" in flags and not digits:
        digits = "0"
    if precision is None:
        digits = _zero_filled(digits, len(prefix), flags, width)
    return padded(prefix + digits, flags, width)


def c_double(
    value: float, conversion: str, flags: str = "", width: int = 0, precision: int | None = None
) -> str:
    """A finite double under ``%e``, ``%f``, ``%g`` or ``%a``, in either case."""
    if conversion in ("a", "A"):
        return _hexadecimal(value, conversion, flags, width, precision)
    dot = "" if precision is None else f".{precision}"
    spec = f"%{flags}{width or ''}{dot}{conversion}"
    return spec % value


def _sign(negative: bool, flags: str) -> str:
    if negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def _zero_filled(digits: str, taken: int, flags: str, width: int) -> str:
    if "0" in flags and "-" not in flags:
        return digits.rjust(width - taken, "0")
    return digits


def _hexadecimal(
    value: float, conversion: str, flags: str, width: int, precision: int | None
) -> str:
    text = value.hex()
    prefix = _sign(text.startswith("-"), flags) + "0x"
    mantissa, _, exponent = text.lstrip("-")[2:].partition("p")
    lead, _, digits = mantissa.partition(".")
    if precision is None:
        digits = digits.rstrip("0")
    elif precision < _MANTISSA_DIGITS:
        lead, digits = _round_hexadecimal(lead, digits.ljust(_MANTISSA_DIGITS, "0"), precision)
    else:
        digits = digits.ljust(precision, "0")
    point = "." if digits or "#" in flags else ""
    body = _zero_filled(f"{lead}{point}{digits}p{exponent}", len(prefix), flags, width)
    result = padded(prefix + body, flags, width)
    return result.upper() if conversion == "A" else result


def _round_hexadecimal(lead: str, digits: str, precision: int) -> tuple[str, str]:
    """The mantissa with so many digits after its point, ties to even."""
    bits = 4 * (_MANTISSA_DIGITS - precision)
    kept, dropped = divmod(int(lead + digits, 16), 1 << bits)
    half = 1 << (bits - 1)
    if dropped > half or (dropped == half and kept & 1):
        kept += 1
    whole, rest = divmod(kept, 16**precision)
    return str(whole), format(rest, "x").rjust(precision, "0") if precision else ""
