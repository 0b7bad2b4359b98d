"""How many columns R counts for a text, and texts padded to a common width by that count.

R counts a character that it would not print (a control, an unassigned one) as the escape that
stands for it, and a backslash as two columns.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

from gradc.text.cformat import BadFormat

Justify = Literal["left", "right", "centre", "none"]

_NO_COLUMN: Final = frozenset(("Mn", "Me", "Cf"))
_ESCAPED: Final = frozenset(("Cc", "Cn", "Zl", "Zp"))
_SHORT_ESCAPES: Final = frozenset("\a\b\t\n\v\f\r")
# R 4.2's own table of widths is older than the C library's table of what is printable; these are
# the runs (first, last, columns) in which it differs from the rule below. Measured over all of
# Unicode 14; tests/toolchain holds it against R.
_EXCEPTIONS: Final = (
    (0xAD, 0xAD, 1), (0x890, 0x891, 1), (0x898, 0x89F, 1), (0x8CA, 0x8D2, 1), (0xC3C, 0xC3C, 1),
    (0x1160, 0x11FF, 0), (0x1734, 0x1734, 0), (0x180F, 0x180F, 1), (0x1AC1, 0x1ACE, 1),
    (0x1DFA, 0x1DFA, 1), (0xFFFE, 0xFFFF, 12), (0x10F82, 0x10F85, 1), (0x11070, 0x11070, 1),
    (0x11073, 0x11074, 1), (0x110C2, 0x110C2, 1), (0x1AFF0, 0x1AFF3, 1), (0x1AFF5, 0x1AFFB, 1),
    (0x1AFFD, 0x1AFFE, 1), (0x1B11F, 0x1B122, 1), (0x1CF00, 0x1CF2D, 1), (0x1CF30, 0x1CF46, 1),
    (0x1E2AE, 0x1E2AE, 1), (0x1F6DD, 0x1F6DF, 1), (0x1F7F0, 0x1F7F0, 1), (0x1F979, 0x1F979, 1),
    (0x1F9CC, 0x1F9CC, 1), (0x1FA7B, 0x1FA7C, 1), (0x1FAA9, 0x1FAAC, 1), (0x1FAB7, 0x1FABA, 1),
    (0x1FAC3, 0x1FAC5, 1), (0x1FAD7, 0x1FAD9, 1), (0x1FAE0, 0x1FAE7, 1), (0x1FAF0, 0x1FAF6, 1),
)  # fmt: skip
_STARTS: Final = [first for first, _, _ in _EXCEPTIONS]


def columns(text: str) -> int:
    """The columns that R counts for a text."""
    if text.isascii() and text.isprintable():
        return len(text) + text.count("\\")
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    code = ord(character)
    place = bisect.bisect_right(_STARTS, code) - 1
    if place >= 0 and code <= _EXCEPTIONS[place][1]:
        return _EXCEPTIONS[place][2]
    category = unicodedata.category(character)
    if category in _ESCAPED:
        return _escape_width(character, code)
    if category in _NO_COLUMN:
        return 0
    return 2 if character == "\\" or unicodedata.east_asian_width(character) in "WF" else 1


def _escape_width(character: str, code: int) -> int:
    if code < 0x80:
        return 2 if character in _SHORT_ESCAPES else 4
    return 6 if code < 0x10000 else 10


def justified(texts: Sequence[str], justify: Justify, width: int = 0) -> list[str]:
    """The texts, each filled with blanks to the width of the widest or to a wider one."""
    if justify not in ("left", "right", "centre", "none"):
        raise BadFormat("'justify' should be one of 'left', 'right', 'centre', 'none'")
    if justify == "none":
        return list(texts)
    counts = [columns(text) for text in texts]
    width = max(width, max(counts, default=0))
    return [
        _filled(text, width - count, justify) for text, count in zip(texts, counts, strict=True)
    ]


def _filled(text: str, blanks: int, justify: Justify) -> str:
    before = {"left": 0, "right": blanks, "centre": blanks // 2}[justify]
    return f"{' ' * before}{text}{' ' * (blanks - before)}"
