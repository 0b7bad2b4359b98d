"""R's ``format`` and ``formatC`` of vectors."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Final, Literal

from gradc.text.cformat import Atom, BadFormat, c_double, c_integer
from gradc.text.numbers import Kind, as_character, encode, layout
from gradc.text.rounding import r_round
from gradc.text.widths import Justify, justified

Mode = Literal["double", "real", "integer", "character"]

_LARGEST_INTEGER: Final = 2**31 - 1
_SCIPEN: Final = {True: -100, False: 310}  # what R takes for scientific=TRUE and FALSE
_KINDS: Final[dict[type, Kind]] = {
    bool: "logical",
    int: "integer",
    float: "double",
    str: "character",
}


def kind_of(xs: Sequence[Atom]) -> Kind:
    """R's type of a vector; NA alone is logical, and types may not be mixed."""
    kinds = {_KINDS[type(x)] for x in xs if x is not None}
    if len(kinds) > 1:
        raise BadFormat(f"a vector of {' and '.join(sorted(kinds))} elements: convert it first")
    return kinds.pop() if kinds else "logical"


# ------------------------------------------------------------------ format


def format_numbers(
    xs: Sequence[Atom],
    digits: int = 7,
    nsmall: int = 0,
    width: int = 0,
    justify: Justify = "left",
    big_mark: str = "",
    scientific: bool | int | None = None,
    trim: bool = False,
) -> list[str]:
    """``format(x, ...)`` of a vector: one format for all elements, padded to one width."""
    _check_range("digits", digits, 1, 22)
    _check_range("nsmall", nsmall, 0, 20)
    _check_range("width", width, 0, _LARGEST_INTEGER)
    kind = kind_of(xs)
    if kind == "character":
        return justified([as_character(x) for x in xs], justify, width)
    if kind == "double":
        doubles = [x for x in xs if x is None or isinstance(x, float)]
        chosen = layout(doubles, digits, nsmall, _scipen(scientific))
        texts = [encode(x, chosen) for x in doubles]
        common = chosen.width
    else:
        texts = [as_character(x) for x in xs]
        common = max(map(len, texts), default=0)
    common = max(width, 0 if trim else common)
    texts = [text.rjust(common) for text in texts]
    if not big_mark:
        return texts
    marked = _with_marks(texts, big_mark)
    if trim:
        return _shrunk(texts, marked)
    return justified(marked, "right") if marked != texts else texts


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadFormat(f"invalid value {value} for '{name}'")


def _scipen(scientific: bool | int | None) -> int:
    if scientific is None:
        return 0
    if isinstance(scientific, bool):
        return _SCIPEN[scientific]
    return scientific


def pretty_num(xs: Sequence[Atom], big_mark: str = "") -> list[str]:
    """``prettyNum(x, big.mark = )`` of numbers: ``format`` of each one by itself."""
    if kind_of(xs) == "character":
        raise BadFormat("prettyNum of strings is not supported")
    return [format_numbers([x], big_mark=big_mark)[0] for x in xs]


# ------------------------------------------------------------------ marks between thousands


_LONG_RUN: Final = re.compile("[0-9]{4,}")


def _with_marks(texts: Sequence[str], mark: str) -> list[str]:
    """The texts with a mark before every third digit of their whole parts."""
    if "\\" in mark:
        raise BadFormat("a backslash in 'big.mark' is not supported")

    def separated(run: re.Match[str]) -> str:
        digits = run[0]
        head = len(digits) % 3 or 3
        groups = [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]
        return mark.join(groups)

    marked = []
    for text in texts:
        whole, _, rest = text.partition(".")
        # As in R, a point with nothing behind it gets lost here.
        marked.append(_LONG_RUN.sub(separated, whole) + (f".{rest}" if rest else ""))
    return marked


def _shrunk(texts: Sequence[str], marked: Sequence[str]) -> list[str]:
    """Marked texts that give up blanks in front for the marks, as far as they have any."""
    result = []
    for before, after in zip(texts, marked, strict=True):
        spare = min(len(after) - len(before), len(after) - len(after.lstrip(" ")))
        result.append(after[max(spare, 0) :])
    return result


# ------------------------------------------------------------------ formatC


_FLAGS: Final = frozenset("0+- #")
_MODES: Final = (None, "double", "real", "integer", "character")
_OF_DOUBLES: Final = ("f", "e", "E", "g", "G", "fg")
_MOST_DIGITS: Final = 50
_MOST_DECIMALS: Final = 324
_DEFAULT_OF_C: Final = 6
_SPARE_ROOM: Final = 2


def format_c(
    xs: Sequence[Atom],
    width: int | None = None,
    digits: int | None = None,
    format: str | None = None,  # noqa: A002 - R's name of the argument
    flag: str = "",
    mode: Mode | None = None,
    big_mark: str = "",
) -> list[str]:
    """``formatC(x, ...)``; None stands for an argument that is not given."""
    if not _FLAGS.issuperset(flag):
        raise BadFormat("'flag' should contain only characters from [0+- #]")
    if not xs:
        return []
    if mode not in _MODES:
        raise BadFormat("'mode' must be 'double' ('real'), 'integer' or 'character'")
    kind = kind_of(xs)
    if mode in ("double", "real", "integer"):
        if kind == "character":
            raise BadFormat("strings as numbers are not supported in formatC")
        kind = "integer" if mode == "integer" else "double"
        xs = _converted(xs, integer=mode == "integer")
    if "character" in (kind, mode) or format == "s":
        return _characters([as_character(x) for x in xs], width or 0, flag)
    numbers, format = _numbers(xs, kind, format)  # noqa: A001
    width, digits = _measures(width, digits, format)
    if width < 0 and "0" in flag and "-" not in flag and format != "d":
        # The C library fills such a field with zeros behind the number.
        raise BadFormat("a negative width together with flag '0' is not supported in formatC")
    texts = _formatted(numbers, width, digits, format, flag)
    return _shrunk(texts, _with_marks(texts, big_mark)) if big_mark else texts


def _characters(texts: Sequence[str], width: int, flag: str) -> list[str]:
    left = width < 0 or flag == "-"
    return justified(texts, "left" if left else "right", abs(width))


def _numbers(xs: Sequence[Atom], kind: Kind, style: str | None) -> tuple[list[float | None], str]:
    """The numbers in the type that their format needs, and that format."""
    if style is None:
        style = "d" if kind == "integer" else "g"
    if style == "d":
        return _converted(xs, integer=True), style
    if style not in _OF_DOUBLES:
        raise BadFormat("'format' must be one of {'d', 'f', 'e', 'E', 'g', 'G', 'fg', 's'}")
    if kind == "logical":
        raise BadFormat("unsupported type: logical elements in formatC")
    return _converted(xs, integer=False), style


def _converted(xs: Sequence[Atom], *, integer: bool) -> list[float | None]:
    convert: Callable[[float], float | None] = as_integer if integer else float
    return [None if x is None or isinstance(x, str) else convert(x) for x in xs]


def as_integer(value: float) -> int | None:
    """``as.integer``: towards zero, NA where R's integers do not reach."""
    if math.isfinite(value) and abs(value) < _LARGEST_INTEGER + 1:
        return int(value)
    return None


def _measures(width: int | None, digits: int | None, style: str) -> tuple[int, int]:
    """Width and digits, with what R puts for those not given."""
    if width is None and digits is None:
        width = 1
    if digits is None:
        digits = 2 if style == "d" else 4
    elif digits < 0:
        digits = _DEFAULT_OF_C
    else:
        digits = min(digits, _MOST_DECIMALS if style == "f" else _MOST_DIGITS)
    if width is None:
        width = digits + 1
    elif width == 0:
        width = digits
    if width == 0:
        raise BadFormat("width cannot be zero")
    return width, digits


def _formatted(
    numbers: Sequence[float | None], width: int, digits: int, style: str, flag: str
) -> list[str]:
    texts: list[str] = []
    special: list[int] = []
    for place, value in enumerate(numbers):
        if value is not None and math.isfinite(value):
            texts.append(_one(value, width, digits, style, flag))
        else:
            special.append(place)
            texts.append("")
    names = _characters([as_character(numbers[place]) for place in special], width, flag)
    for place, name in zip(special, names, strict=True):
        texts[place] = name
    return texts


def _one(value: float, width: int, digits: int, style: str, flag: str) -> str:
    flags = f"{flag}-" if width < 0 else flag
    longest = max(abs(width), _room(value, digits, style, flag)) + _SPARE_ROOM
    width = abs(width)
    if style == "d":
        text = c_integer(int(value), "d", flags, width)
    elif style == "fg":
        text = _significant(value, width, digits, flags)
    else:
        text = c_double(value, style, flags, width, digits)
    return text[:longest]


def _room(value: float, digits: int, style: str, flag: str) -> int:
    """The length that formatC expects of a text; what exceeds it by over two is cut off."""
    if style not in ("f", "fg"):
        return digits + 8
    power = math.floor(math.log10(abs(value))) if value else 0
    sign = int(value < 0 or flag != "")
    if style == "f":
        return sign + digits + 2 + max(power, 0)
    return sign + digits + 1 + max(power, digits, digits - power + 1) + len(flag)


def _significant(value: float, width: int, digits: int, flags: str) -> str:
    """Format ``fg``: fixed notation with so many significant digits.

    What R does not pad (zero, and numbers below 1e-4) is not padded here either.
    """
    if value == 0.0:
        return "0"
    magnitude = abs(value)
    power = math.floor(math.log10(magnitude) + 1e-12)
    if power > 0:
        leading = r_round(magnitude / math.pow(10.0, power) + 1e-12, digits - 1)
        if leading >= 10:
            value = leading * math.pow(10.0, power)
            power += 1
    if power == -4 and abs(value) < 1e-4:
        power = -5
    if power >= -4:
        return c_double(value, "g", flags, width, power + 1 if power >= digits else digits)
    text = c_double(value, "f", flags, 0, digits - 1 - power)
    return text if "#" in flags and digits > 0 else text.rstrip("0")
