"""Where the parts of an f-string are written, which Python 3.11's :mod:`ast` does not say.

Python 3.11 gives the text of an f-string the place of the whole literal, and its values places
that are wrong on any but the first line. So the literal is divided here once more, by the rules
of the language reference, and each value read once more, for its places only. Python 3.12 says
all that itself.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass
from typing import Final, TypeAlias

from gradc.syntax.python_lines import Lines
from gradc.syntax.python_reader import Reader

EXACT: Final = sys.version_info >= (3, 12)
"""Whether :mod:`ast` says where the parts of an f-string are."""

_GAP: Final = re.compile(r"(?:\s|#[^\r\n]*|\\)*+")
_LITERAL: Final = re.compile(r"""([A-Za-z]*)('''|\"{3}|'|")((?:\\.|(?!\2)[^\\])*+)\2""", re.DOTALL)
_ESCAPES: Final = r"\\N\{[^}]*\}?|\\[^{}]|\\(?=[{}])"
# By whether the literal is raw, and whether this is a format, in which no brace is doubled.
_TEXT: Final = {
    (False, False): re.compile(rf"(?:[^\\{{}}]|{_ESCAPES}|\{{\{{|\}}\}})*+", re.DOTALL),
    (False, True): re.compile(rf"(?:[^\\{{}}]|{_ESCAPES})*+", re.DOTALL),
    (True, False): re.compile(r"(?:[^{}]|\{\{|\}\})*+"),
    (True, True): re.compile(r"[^{}]*+"),
}
_MARK: Final = re.compile(
    r"""'''.*?'''|\"{3}.*?\"{3}|'[^']*'|"[^"]*"|[!=<>]=|[\[({\])}!:=]""", re.DOTALL
)
_SPACE: Final = re.compile(r"\s*")
_OPENING, _CLOSING, _ENDING = frozenset("[({"), frozenset("])}"), frozenset("!:=}")

Place: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Field:
    """A piece in braces; ``spec`` is what follows the colon."""

    place: Place
    value: Place
    spec: list[Place | _Field]
    spec_place: Place


class _Unclear(Exception):
    """The text is not divided as Python divided it."""


def place_parts(reader: Reader, node: ast.JoinedStr) -> None:
    """Note where the parts of an f-string are, at least that they are somewhere in it."""
    if EXACT:
        return
    start, end = reader.span(node)
    for part in ast.walk(node):
        reader.places[part] = start, end
    try:
        _match(reader, node, _divide(reader.tree.source.text, start, end))
    except _Unclear:
        return


def _divide(text: str, start: int, end: int) -> list[Place | _Field]:
    """The pieces of literals that follow each other."""
    pieces: list[Place | _Field] = []
    at = start
    while at < end:
        literal = _LITERAL.match(text, at, end)
        if literal is None:
            raise _Unclear
        prefix, place = literal[1].lower(), literal.span(3)
        if "f" in prefix:
            pieces += _Scan(text, *place, "r" in prefix).pieces(nested=False)
        elif literal[3]:
            pieces.append(place)
        gap = _GAP.match(text, literal.end(), end)
        at = gap.end() if gap else end
    return pieces


class _Scan:
    """Goes through one literal; formats are nested twice at most, that is Python's limit."""

    def __init__(self, text: str, start: int, end: int, is_raw: bool) -> None:
        self.text, self.at, self.end, self.is_raw = text, start, end, is_raw

    def pieces(self, nested: bool) -> list[Place | _Field]:
        found: list[Place | _Field] = []
        while self.at < self.end:
            written = _TEXT[self.is_raw, nested].match(self.text, self.at, self.end)
            if written and written[0]:
                found.append(written.span())
                self.at = written.end()
            if self.text.startswith("{", self.at, self.end):
                self.field(found)
            elif nested:
                break  # the brace that ends the field
            elif self.at < self.end:
                raise _Unclear
        return found

    def field(self, found: list[Place | _Field]) -> None:
        start, text = self.at, self.text
        value = (start + 1, self.value_end(start + 1))
        self.at = value[1]
        if text.startswith("=", self.at):
            space = _SPACE.match(text, self.at + 1)
            self.at = space.end() if space else self.at + 1
            found.append((start + 1, self.at))  # the text of the value is part of the text
        if text.startswith("!", self.at):
            self.at += 2
        spec: list[Place | _Field] = []
        spec_start = self.at
        if text.startswith(":", self.at):
            self.at += 1
            spec = self.pieces(nested=True)
        spec_place = (spec_start, self.at)
        if not text.startswith("}", self.at, self.end):
            raise _Unclear
        self.at += 1
        found.append(_Field((start, self.at), value, spec, spec_place))

    def value_end(self, start: int) -> int:
        depth = 0
        for mark in _MARK.finditer(self.text, start, self.end):
            if mark[0] in _OPENING:
                depth += 1
            elif depth == 0 and mark[0] in _ENDING:
                return mark.start()
            elif mark[0] in _CLOSING:
                depth -= 1
        raise _Unclear


def _match(reader: Reader, node: ast.JoinedStr, pieces: list[Place | _Field]) -> None:
    """Give the pieces' places to what Python made of them."""
    if len(node.values) - sum(isinstance(part, ast.Constant) for part in node.values) != sum(
        isinstance(piece, _Field) for piece in pieces
    ):
        raise _Unclear
    at = 0
    for part in node.values:
        written: list[Place] = []
        while at < len(pieces) and not isinstance(piece := pieces[at], _Field):
            written.append(piece)
            at += 1
        if isinstance(part, ast.FormattedValue) and isinstance(piece, _Field):
            _place_field(reader, part, piece)
            at += 1
        elif written:
            # One text may be put together from several literals.
            reader.places[part] = written[0][0], written[-1][1]


def _place_field(reader: Reader, part: ast.FormattedValue, field: _Field) -> None:
    reader.places[part] = field.place
    if isinstance(part.format_spec, ast.JoinedStr):
        reader.places[part.format_spec] = field.spec_place
        _match(reader, part.format_spec, field.spec)
    start, end = field.value
    text = f"({reader.tree.source.text[start:end]})"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _Unclear from None
    lines = Lines(text)
    for old, new in zip(ast.walk(part.value), ast.walk(read), strict=False):
        if type(old) is not type(new):
            raise _Unclear
        if isinstance(new, ast.expr | ast.keyword | ast.arg):
            low = start - 1 + lines.offset(new.lineno, new.col_offset)
            high = start - 1 + lines.offset(new.end_lineno or 1, new.end_col_offset or 0)
            # Clipped, for the brackets around the text are not written there.
            low = min(max(low, start), end)
            reader.places[old] = low, min(max(high, low), end)
