"""Names and strings as R writes them into code, in a UTF-8 locale."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RESERVED: Final = {
    "NULL", "NA", "TRUE", "FALSE", "Inf", "NaN", "NA_integer_", "NA_real_", "NA_character_",
    "NA_complex_", "function", "while", "repeat", "for", "if", "in", "else", "next", "break",
}  # fmt: skip
_PLAIN_NAME: Final = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*")
_NEVER_FIRST: Final = frozenset("0123456789_")
# Letters in circles and squares, which the C library takes for letters.
_FRAMED: Final = ((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))
_ESCAPES: Final = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\",
}  # fmt: skip
# The C library counts a character as printable unless it is a control, no character, or one that
# ends a line or a paragraph.
_UNPRINTABLE: Final = frozenset(("Cc", "Cn", "Cs", "Zl", "Zp"))


def is_syntactic(name: str) -> bool:
    """Whether R's grammar reads a name without backticks.

    R asks the C library what a letter is. That counts some of the combining marks, which are
    never letters here: a name that has one is written with backticks that R could leave out.
    """
    if name in _RESERVED:
        return False
    if name.isascii():
        return _PLAIN_NAME.fullmatch(name) is not None
    first = name[1:2] if name[0] == "." else name[0]
    return first not in _NEVER_FIRST and all(map(_is_word_character, name))


def quoted(text: str, mark: str) -> str:
    """A text between two marks, ``"`` or a backtick, with the escapes that R writes."""
    if text.isprintable() and "\\" not in text and mark not in text:
        return f"{mark}{text}{mark}"
    return f"{mark}{''.join(_escaped(c, mark) for c in text)}{mark}"


def name_text(name: str) -> str:
    """A name, in backticks where the grammar needs them."""
    return name if is_syntactic(name) or not name else quoted(name, "`")


def _is_word_character(character: str) -> bool:
    return (
        character in "._"
        or character.isalpha()
        or character.isdecimal()
        or unicodedata.category(character) == "Nl"
        or any(first <= ord(character) <= last for first, last in _FRAMED)
    )


def _escaped(character: str, mark: str) -> str:
    if character == mark:
        return "\\" + mark
    if character in _ESCAPES:
        return _ESCAPES[character]
    if unicodedata.category(character) not in _UNPRINTABLE:
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\{code:03o}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{{{code:06x}}}"
