"""What R's literals stand for: numbers, strings with escapes, raw strings, names.

Every function takes the text of one whole token. What R rejects inside a token is a
:class:`BadLiteral`, which says why in plain words and where in the token.
"""

from __future__ import annotations

import re
import sys
from typing import Final

LARGEST_INTEGER: Final = 2**31 - 1
_SIMPLE: Final = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v",
    "\\": "\\", '"': '"', "'": "'", "`": "`", " ": " ", "\n": "\n",
}  # fmt: skip
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{1,2})"
    r"|u(?:\{(?P<u_braced>[0-9a-fA-F]{1,4})\}|(?P<u>[0-9a-fA-F]{1,4}))"
    r"|U(?:\{(?P<U_braced>[0-9a-fA-F]{1,8})\}|(?P<U>[0-9a-fA-F]{1,8}))"
    r"|(?P<simple>[ntrabfv\\\"'` \n])|(?P<bad>[\s\S]))"
)
_WIDE: Final = ("u", "u_braced", "U", "U_braced")


class BadLiteral(Exception):
    """A token that R rejects; ``start`` and ``end`` are offsets inside the token."""

    def __init__(self, message: str, start: int, end: int, code: str = "G100") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.code = code


def read_number(text: str) -> tuple[float, bool]:
    """The double nearest to a number, and whether it is an integer (``1L``).

    As in R, ``1.5L`` and ``3000000000L`` are doubles after all.
    """
    if text[-1] == "i":
        raise BadLiteral("complex numbers are not supported", 0, len(text), "G104")
    digits = text[:-1] if text[-1] == "L" else text
    value = _hexadecimal(digits) if digits[:2] in ("0x", "0X") else float(digits)
    is_int = text[-1] == "L" and value <= LARGEST_INTEGER and value == int(value)
    return value, is_int


def _hexadecimal(digits: str) -> float:
    if digits[2:4] in (".p", ".P"):
        return 0.0  # R reads no digits at all as none
    try:
        return float.fromhex(digits) if "p" in digits.lower() else float(int(digits, 16))
    except OverflowError:
        return float("inf")


def read_name(text: str) -> str:
    """A name, without its backticks."""
    if text[0] != "`":
        if text.isascii():
            return text
        for place, character in enumerate(text):
            if not (character in "._" or character.isalpha() or character.isdecimal()):
                raise BadLiteral(f"'{character}' cannot be part of a name", place, place + 1)
        return text
    name = _unescape(text, 1, len(text) - 1)
    if not name:
        raise BadLiteral("a name cannot be empty", 0, len(text))
    return name


def read_string(text: str) -> str:
    """What a string stands for, its quotes and escapes resolved."""
    if text[0] in "rR":
        width = len(text) - len(text[2:].lstrip("-")) + 1
        return text[width : len(text) - width + 1]
    return _unescape(text, 1, len(text) - 1)


def _unescape(text: str, start: int, end: int) -> str:
    body = text[start:end]
    pieces: list[str] = []
    octets = bytearray()
    sorts: set[str | None] = set()
    place = 0
    for match in _ESCAPE.finditer(body) if "\\" in body else ():
        if octets and match.start() > place:
            pieces.append(_decode(octets, text))
        pieces.append(body[place : match.start()])
        place = match.end()
        sorts.add(match.lastgroup)
        code = _code(match, start)
        if code >= 0x80 and match.lastgroup in ("octal", "hex"):
            octets.append(code)
            continue
        if octets:
            pieces.append(_decode(octets, text))
        pieces.append(chr(code))
    if octets:
        pieces.append(_decode(octets, text))
    pieces.append(body[place:])
    if not sorts.isdisjoint(("octal", "hex")) and not sorts.isdisjoint(_WIDE):
        raise BadLiteral("R does not accept \\u and \\x escapes in one string", 0, len(text))
    resolved = "".join(pieces)
    if "\0" in resolved:
        raise BadLiteral("a string cannot contain the character NUL", 0, len(text))
    return resolved if resolved.isascii() else _join_surrogates(resolved, text)


def _code(match: re.Match[str], offset: int) -> int:
    """The code point, or the octet, of one escape."""
    sort = match.lastgroup
    start, end = match.start() + offset, match.end() + offset
    if sort == "simple":
        return ord(_SIMPLE[match["simple"]])
    if sort is None or sort == "bad":
        if match["bad"] in "xuU":
            message = f"'\\{match['bad']}' needs hexadecimal digits after it"
        else:
            message = f"'\\{match['bad']}' is no escape that R knows"
        raise BadLiteral(message, start, end)
    code = int(match[sort], 8 if sort == "octal" else 16)
    if sort == "octal":
        code &= 0xFF
    if code > sys.maxunicode:
        raise BadLiteral("there is no such Unicode character", start, end)
    return code


def _decode(octets: bytearray, text: str) -> str:
    """The characters of a run of octets: C3 A9 is one character of UTF-8."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        message = "these \\x escapes are no character of UTF-8"
        raise BadLiteral(message, 0, len(text)) from None
    finally:
        octets.clear()


def _join_surrogates(resolved: str, text: str) -> str:
    try:
        return resolved.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise BadLiteral("half of a surrogate pair is no character", 0, len(text)) from None
