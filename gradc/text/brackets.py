"""Bracket expressions such as ``[a-z[:digit:]_]``, in R's two dialects, as sets of `regex`.

In the default ("extended") dialect a backslash inside brackets is an ordinary character; with
``perl = TRUE`` it begins an escape. The classes of ``perl = TRUE`` hold ASCII characters only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PUNCTUATION: Final = r"!-/:-@\[-`{-~"
# What a class holds, ready to stand between brackets.
ASCII_CLASSES: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\x09-\x0d\x20",
    "blank": r"\x09\x20",
    "punct": _PUNCTUATION,
    "cntrl": r"\x00-\x1f\x7f",
    "graph": r"\x21-\x7e",
    "print": r"\x20-\x7e",
    "xdigit": "0-9A-Fa-f",
}
_LETTERS: Final = {"alpha": r"\p{L}", "alnum": r"\p{L}", "upper": r"\p{Lu}", "lower": r"\p{Ll}"}
WIDE_CLASSES: Final = {name: held + _LETTERS.get(name, "") for name, held in ASCII_CLASSES.items()}
# These hold characters beyond ASCII about which the tables of R and of `regex` do not agree.
UNCERTAIN_CLASSES: Final = frozenset({"punct", "cntrl", "graph", "print"})
# What \h and \v stand for with ``perl = TRUE``.
SPACES: Final = {
    "h": r"\x09\x20\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\x0a-\x0d\x85\u2028\u2029",
}
ESCAPED_CLASSES: Final = {"d": "digit", "s": "space", "w": "alnum"}
CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
# What looks like a class but has no brackets around it, which PCRE does not accept.
_NAMED: Final = re.compile(r"([:.=])[^\]\\]*?\1\]")


class BadPattern(ValueError):
    """A pattern that R rejects, or one whose meaning in R is not reproduced here."""


@dataclass(slots=True)
class Bracket:
    """One bracket expression: its text for `regex`, and what the dialect must know of it."""

    text: str
    end: int
    classes: frozenset[str]
    literals: int


def escape(character: str) -> str:
    """A character that stands for itself, inside and outside brackets."""
    if character.isalnum() and character.isascii():
        return character
    return f"\\U{ord(character):08x}"


def class_items(name: str, *, perl: bool, ignore_case: bool) -> str:
    """What ``[:name:]`` holds."""
    if ignore_case and name in ("upper", "lower"):
        name = "alpha"
    return (ASCII_CLASSES if perl else WIDE_CLASSES)[name]


def read_bracket(pattern: str, start: int, *, perl: bool, ignore_case: bool) -> Bracket:
    """The bracket expression whose first character after ``[`` is at ``start``."""
    reader = _Reader(pattern, start, perl, ignore_case)
    place = start
    if pattern[place : place + 1] == "^":
        reader.negated = True
        place += 1
    reader.first = place
    if perl and _NAMED.match(pattern, start) is not None:
        raise BadPattern("a class such as [:alpha:] stands inside brackets: [[:alpha:]]")
    while True:
        if place >= len(pattern):
            raise BadPattern("a '[' has no ']' that closes it")
        if pattern[place] == "]" and place > reader.first:
            break
        place = reader.item(place)
    return reader.bracket(place + 1)


class _Reader:
    __slots__ = ("classes", "first", "ignore_case", "negated", "parts", "pattern", "perl", "ranges")

    def __init__(self, pattern: str, start: int, perl: bool, ignore_case: bool) -> None:
        self.pattern = pattern
        self.first = start
        self.perl = perl
        self.ignore_case = ignore_case
        self.negated = False
        self.parts: list[str] = []
        self.ranges: list[tuple[int, int]] = []
        self.classes: set[str] = set()

    def item(self, place: int) -> int:
        """Read a class, a range or a character; where the next item begins."""
        pattern = self.pattern
        here = pattern[place]
        # The extended dialect looks for a range first: there '[' may begin one.
        if not self.perl and _is_range(pattern, place):
            return self._range(here, pattern[place + 2], place + 3)
        if pattern[place : place + 2] in ("[.", "[="):
            raise BadPattern("collating elements such as [.a.] and [=a=] are not supported by R")
        if pattern[place : place + 2] == "[:":
            return self._named(place)
        if self.perl:
            return self._perl_item(place)
        if here == "-" and place != self.first and pattern[place + 1 : place + 2] != "]":
            raise BadPattern("inside [] a '-' stands first, last, or between the ends of a range")
        return self._range(here, here, place + 1)

    def _named(self, place: int) -> int:
        end = self.pattern.find(":", place + 2)
        name = self.pattern[place + 2 : end] if end > 0 else ""
        if self.perl and (end < 0 or self.pattern[end + 1 : end + 2] != "]"):
            raise BadPattern("inside [] write \\[ for the character '['")
        if name not in ASCII_CLASSES or self.pattern[end + 1 : end + 2] != "]":
            raise BadPattern(f"there is no class of characters '[:{name}:]'")
        self._add_class(name)
        after = end + 2
        if self.perl and self.pattern[after : after + 1] == "-":
            self._refuse_range_of_class(after)
        return after

    def _refuse_range_of_class(self, hyphen: int) -> None:
        if self.pattern[hyphen + 1 : hyphen + 2] != "]":
            raise BadPattern("a class of characters cannot be the end of a range")

    def _add_class(self, name: str) -> None:
        self.classes.add(name)
        self.parts.append(class_items(name, perl=self.perl, ignore_case=self.ignore_case))

    def _perl_item(self, place: int) -> int:
        low, after = self._perl_character(place)
        if low is None:
            if self.pattern[after : after + 1] == "-":
                self._refuse_range_of_class(after)
            return after
        if self.pattern[after : after + 1] == "-" and self.pattern[after + 1 : after + 2] != "]":
            if after + 1 >= len(self.pattern):
                raise BadPattern("a '[' has no ']' that closes it")
            if self.pattern[after + 1] == "[" and self.pattern[after + 2 : after + 3] in ":.=":
                raise BadPattern("a class of characters cannot be the end of a range")
            high, after = self._perl_character(after + 1)
            if high is None:
                raise BadPattern("a class of characters cannot be the end of a range")
            return self._range(low, high, after)
        return self._range(low, low, after)

    def _perl_character(self, place: int) -> tuple[str | None, int]:
        r"""One character, None where it was a class such as ``\d``; and what comes after."""
        if self.pattern[place] != "\\":
            return self.pattern[place], place + 1
        letter = self.pattern[place + 1 : place + 2]
        if letter in ESCAPED_CLASSES:
            self._add_class(ESCAPED_CLASSES[letter])
            if letter == "w":
                self.parts.append("_")
            return None, place + 2
        if letter in SPACES:
            self.parts.append(SPACES[letter])
            return None, place + 2
        if letter == "b":
            return "\b", place + 2
        return perl_character(self.pattern, place)

    def _range(self, low: str, high: str, after: int) -> int:
        if low > high:
            raise BadPattern(f"the range '{low}-{high}' is in the wrong order")
        self.ranges.append((ord(low), ord(high)))
        self.parts.append(escape(low) + (f"-{escape(high)}" if high != low else ""))
        return after

    def bracket(self, end: int) -> Bracket:
        if self.negated and not self.perl:
            self._refuse_overlaps()
        literals = 2 if self.negated else len(self.ranges) * (1 + self.ignore_case)
        text = f"[{'^' if self.negated else ''}{''.join(self.parts)}]"
        return Bracket(text, end, frozenset(self.classes), literals + len(self.classes))

    def _refuse_overlaps(self) -> None:
        """R 4.2 forgets the second of two overlapping ranges in ``[^a-ca-z]``."""
        ranges = [*self.ranges]
        if self.ignore_case:
            for low, high in self.ranges:
                ranges += _other_case(low, high)
        end = -1
        for low, high in sorted(set(ranges)):
            if low <= end < high:
                raise BadPattern("inside [^] no two ranges may overlap: R reads them wrongly")
            end = max(end, high)


def _is_range(pattern: str, place: int) -> bool:
    return pattern[place + 1 : place + 2] == "-" and pattern[place + 2 : place + 3] not in ("", "]")


def _other_case(low: int, high: int) -> list[tuple[int, int]]:
    """The letters of a range in the other case (ASCII: more is refused with `ignore_case`)."""
    found = []
    for first, last, shift in ((65, 90, 32), (97, 122, -32)):
        if max(low, first) <= min(high, last):
            found.append((max(low, first) + shift, min(high, last) + shift))
    return found


def perl_character(pattern: str, place: int) -> tuple[str, int]:
    """The character for which an escape of ``perl = TRUE`` stands, and what comes after."""
    letter = pattern[place + 1 : place + 2]
    if not letter:
        raise BadPattern("the pattern ends in a backslash")
    if letter in CONTROLS:
        return CONTROLS[letter], place + 2
    if letter == "x":
        return hexadecimal(pattern, place + 2)
    if letter.isalnum() and letter.isascii():
        raise BadPattern(f"'\\{letter}' is not supported here in a pattern with perl = TRUE")
    return letter, place + 2


def hexadecimal(pattern: str, place: int) -> tuple[str, int]:
    r"""The character of ``\x41`` or ``\x{41}``, whose digits begin at ``place``."""
    if pattern[place : place + 1] == "{":
        end = pattern.find("}", place)
        digits, after = pattern[place + 1 : end], end + 1
        if end < 0:
            raise BadPattern("'\\x{' has no '}' that closes it")
    else:
        digits, after = pattern[place : place + 2], place + 2
    value = int(digits, 16) if digits and set(digits) <= set("0123456789abcdefABCDEF") else 0
    if not 0 < value <= 0x10FFFF or 0xD800 <= value < 0xE000:
        raise BadPattern("after '\\x' two hexadecimal digits of a character are needed")
    return chr(value), after
