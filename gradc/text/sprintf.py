"""R's ``sprintf``: a format taken apart once, and single atoms put into its directives.

The caller recycles the vectors and joins the pieces. As in R, field widths and precisions of
``%s`` count bytes of UTF-8, and a text from one directive ends at 8192 bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gradc.text.cformat import Atom, BadFormat, c_double, c_integer, padded
from gradc.text.formats import as_integer
from gradc.text.numbers import as_character, non_finite

__all__ = ["BadFormat", "Directive", "apply_directive", "check_arguments", "parse_format"]

LONGEST: Final = 8192  # bytes
_INTEGERS: Final = frozenset("dioxX")
_DOUBLES: Final = frozenset("aAeEfgG")
_CONVERSION: Final = re.compile("[diosfeEgGxXaA]")
_DIRECTIVE: Final = re.compile(
    r"%(?:(?P<argument>[1-9][0-9]?)\$)?(?P<flags>[-+ #0]*)"
    r"(?:(?P<width>[1-9][0-9]*)|(?P<star>\*)(?:(?P<star_argument>[1-9][0-9]?)\$)?)?"
    r"(?:\.(?:(?P<dot_star>\*)(?:(?P<dot_argument>[1-9][0-9]?)\$)?|(?P<precision>[0-9]*)))?"
    r"(?P<conversion>[diosfeEgGxXaA])"
)
_USE: Final = {
    bool: "use format %d or %i for logical objects",
    int: "use format %d, %i, %o, %x or %X for integer objects",
    float: "use format %f, %e, %g or %a for numeric objects",
    str: "use format %s for character objects",
}


@dataclass(frozen=True, slots=True)
class Directive:
    """One conversion of a format.

    ``argument`` and ``stars`` are places among the arguments, from 0; ``named`` holds those that
    the format names itself (``%2$s``). There is at most one star; it is the precision where
    ``star_is_precision``, else the width.
    """

    text: str
    conversion: str
    argument: int
    flags: str = ""
    width: int = 0
    precision: int | None = None
    stars: tuple[int, ...] = ()
    star_is_precision: bool = False
    named: frozenset[int] = frozenset()

    @property
    def is_plain_text(self) -> bool:
        """Whether a text goes through as it is: ``%s`` or ``%1$s``."""
        return (
            self.conversion == "s"
            and not (self.flags or self.width or self.stars)
            and self.precision is None
        )


def parse_format(fmt: str) -> list[str | Directive]:
    """The literal texts and the directives of a format, in order."""
    if len(fmt.encode()) > LONGEST:
        raise BadFormat(f"'fmt' length exceeds maximal format length {LONGEST}")
    pieces: list[str | Directive] = []
    literal: list[str] = []
    place = following = 0
    while place < len(fmt):
        percent = fmt.find("%", place)
        if percent < 0:
            percent = len(fmt)
        literal.append(fmt[place:percent])
        if fmt.startswith("%%", percent):
            literal.append("%")
            place = percent + 2
            continue
        if any(literal):
            pieces.append("".join(literal))
        literal.clear()
        place = percent
        if place < len(fmt):
            directive, following, place = _read_directive(fmt, place, following)
            pieces.append(directive)
    if any(literal):
        pieces.append("".join(literal))
    return pieces


def _read_directive(fmt: str, start: int, following: int) -> tuple[Directive, int, int]:
    """A directive, the next argument that no ``$`` names, and where the directive ends."""
    match = _DIRECTIVE.match(fmt, start)
    if match is None:
        raise _unreadable(fmt, start)
    if match["star"] and match["dot_star"]:
        raise BadFormat("at most one asterisk '*' is supported in each conversion specification")
    named: list[int] = []
    stars: list[int] = []
    if match["star"] or match["dot_star"]:
        name = match["star_argument"] or match["dot_argument"]
        stars.append(int(name) - 1 if name else following)
        named += stars if name else ()
        following += not name
    name = match["argument"]
    argument = int(name) - 1 if name else following
    named += (argument,) if name else ()
    following += not name
    precision = match["precision"]
    directive = Directive(
        match[0],
        match["conversion"],
        argument,
        match["flags"],
        int(match["width"] or 0),
        None if precision is None else int(precision or 0),
        tuple(stars),
        match["dot_star"] is not None,
        frozenset(named),
    )
    return directive, following, match.end()


def _unreadable(fmt: str, start: int) -> BadFormat:
    conversion = _CONVERSION.search(fmt, start + 1)
    if conversion is None:
        return BadFormat(f"unrecognised format specification '{fmt[start:]}'")
    return BadFormat(f"invalid format '{fmt[start : conversion.end()]}'")


def check_arguments(pieces: Sequence[str | Directive], count: int) -> None:
    """Reject a format that asks for more than ``count`` arguments."""
    for piece in pieces:
        if isinstance(piece, str):
            continue
        for argument in (*piece.stars, piece.argument):
            if argument >= count and argument in piece.named:
                raise BadFormat(f"reference to non-existent argument {argument + 1}")
            if argument >= count:
                raise BadFormat("too few arguments")


def apply_directive(directive: Directive, atom: Atom, stars: Sequence[Atom] = ()) -> str:
    """The text of one atom; ``stars`` are the values of the arguments ``directive.stars``.

    None is an NA of a type that fits, but never a string under a conversion of numbers.
    """
    if directive.is_plain_text:
        return as_character(atom)
    flags, width, precision = _measures(directive, stars)
    if width > LONGEST:
        raise _too_long(width)
    if directive.conversion == "s":
        return _text(as_character(atom), flags, width, precision)
    convert = _integer if directive.conversion in _INTEGERS else _double
    result = convert(directive, atom, flags, width, precision)
    if len(result) > LONGEST:
        raise _too_long(len(result))
    return result


def _too_long(length: int) -> BadFormat:
    return BadFormat(f"required resulting string length {length} is greater than maximal {LONGEST}")


def _measures(directive: Directive, stars: Sequence[Atom]) -> tuple[str, int, int | None]:
    flags, width, precision = directive.flags, directive.width, directive.precision
    if len(stars) != len(directive.stars):
        raise BadFormat("too few arguments")
    if not stars:
        return flags, width, precision
    star = stars[0]
    value = as_integer(star) if isinstance(star, float) else star
    if value is None or isinstance(value, bool | str):
        raise BadFormat("argument for '*' conversion specification must be a number")
    value = int(value)
    if not directive.star_is_precision:
        return (f"{flags}-" if value < 0 else flags), abs(value), precision
    if value < 0:
        raise BadFormat(f"invalid format '{directive.text}': the precision {value} is negative")
    return flags, width, value


def _text(text: str, flags: str, width: int, precision: int | None) -> str:
    octets = text.encode()
    if len(octets) > LONGEST:
        raise BadFormat(f"a text of over {LONGEST} bytes fits only a plain %s: R cuts it")
    if precision is not None and precision < len(octets):
        octets = octets[:precision]
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            message = f"R counts bytes: a precision of {precision} cuts a character in two"
            raise BadFormat(message) from None
    return padded(text, flags, width - len(octets) + len(text))


def _misfit(directive: Directive, atom: Atom) -> BadFormat:
    return BadFormat(f"invalid format '{directive.text}'; {_USE[type(atom)]}")


def _integer(
    directive: Directive, atom: Atom, flags: str, width: int, precision: int | None
) -> str:
    conversion = directive.conversion
    if atom is None:
        if conversion not in "di":
            # R prints NA for an integer NA, and rejects a logical one.
            raise BadFormat(f"NA under '{directive.text}' is not supported")
        return padded("NA"[:precision], flags, width)
    if isinstance(atom, str) or (isinstance(atom, bool) and conversion not in "di"):
        raise _misfit(directive, atom)
    value = as_integer(atom)
    if value is None or value != atom:
        raise _misfit(directive, atom)
    if precision is not None and precision > LONGEST:
        raise _too_long(precision)
    return c_integer(value, conversion, flags, width, precision)


def _double(directive: Directive, atom: Atom, flags: str, width: int, precision: int | None) -> str:
    if isinstance(atom, str):
        raise _misfit(directive, atom)
    if atom is None or not math.isfinite(atom):
        name = "NA" if atom is None else non_finite(atom)
        sign = "+" if name == "Inf" and "+" in flags else " " if " " in flags else ""
        return padded(name if name == "-Inf" else sign + name, flags, width)
    conversion = directive.conversion
    if precision is not None and precision > LONGEST and conversion not in "gG":
        raise _too_long(precision)
    return c_double(float(atom), conversion, flags, width, precision)
