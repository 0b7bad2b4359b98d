"""R text cut into tokens, all at once.

One regular expression cuts the text into pieces, each with the blanks behind it. Equal
pieces are looked at once: what a piece is (its terminal, its kind of leaf, its value) is
kept in a table of lexemes, and the arrays of the tree are then filled by whole-array
operations. So a token costs a fraction of a microsecond, and no line or column is counted.

Token ``i`` is node ``i`` of the tree.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, compress
from operator import add
from typing import Final

from gradc.errors import fail
from gradc.syntax.grammar import ERROR, Table
from gradc.syntax.literals import BadLiteral, read_name, read_number, read_string
from gradc.syntax.tree import Kind, Tree

BLANKS: Final = (
    " \t\f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
)
_TOKEN, _NAME, _CONST = int(Kind.TOKEN), int(Kind.NAME), int(Kind.CONST)
_NUM, _STR, _HOLE = int(Kind.NUM), int(Kind.STR), int(Kind.HOLE)
LONGEST_TEXT: Final = 2**31 - 2

# A quote that is never closed takes the rest of the text, so that the text is scanned once.
_UNCLOSED_STRING: Final = r"(?:[rR][\"']-*+[(\[{]|[\"'])[\s\S]*+"
_UNCLOSED_NAME: Final = r"`[\s\S]*+|%[^%\n]*+"
_TREE_NAMES: Final = {"**": "^", "->": "<-", "->>": "<<-"}
_NOT_IN_THE_TREE: Final = frozenset(
    ("PIPE", "RPAR", "RBRACKET", "RBRACE", "COMMA", "SEMICOLON", "NEWLINE", "ELSE", "IN",
     "FUNCTION", "LAMBDA", "PLACEHOLDER", "LPAR", ERROR)
)  # fmt: skip


# Tried first, for speed: names that start no raw string, and marks that start nothing longer.
_COMMON: Final = r"[a-qs-zA-QS-Z][\w.]*+|[+,()^/{};~?\]]"


@dataclass(frozen=True, slots=True)
class Patterns:
    """How to cut a text, how to tell what a piece is, and the words that are no names."""

    cut: re.Pattern[str]
    classify: re.Pattern[str]
    words: dict[str, str]


@cache
def patterns(table: Table) -> Patterns:
    """The regular expressions of the terminals of a grammar, in its order."""
    names = [name for name, _ in table.terminals]
    alternatives = [f"(?:{pattern})" for _, pattern in table.terminals]
    alternatives.insert(names.index("STRING") + 1, _UNCLOSED_STRING)
    alternatives = [_COMMON, *alternatives, _UNCLOSED_NAME, r"[\s\S]"]
    words = {
        word: name
        for name, pattern in table.terminals[names.index("NAME") + 1 :]
        for word in re.findall("[A-Za-z_]+", pattern)
        if re.fullmatch(pattern, word)
    }
    return Patterns(
        re.compile(f"(?:{'|'.join(alternatives)})[{BLANKS}]*+"),
        re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in table.terminals)),
        words,
    )


class Lexemes(dict[str, int]):
    """What each different piece of the text is, found when the piece is first met."""

    def __init__(self, tree: Tree, table: Table) -> None:
        super().__init__()
        self.tree = tree
        self.codes = table.codes
        self.name = table.codes["NAME"]
        self.ignored = table.ignored
        self.classify = patterns(table).classify
        self.words = patterns(table).words
        self.terminals: list[int] = []
        self.kinds: list[int] = []
        self.data: list[int] = []
        self.widths: list[int] = []

    def __missing__(self, piece: str) -> int:
        text = piece.rstrip(BLANKS) or piece
        if text.isidentifier() and text.isascii() and text not in self.words and text[0] != "_":
            return self._enter(piece, text, self.name, _NAME, self.tree.symbol(text))
        match = self.classify.match(text)
        whole = match is not None and match.end() == len(text)
        name = self.words.get(text, match.lastgroup if match and whole else None) or ERROR
        if name in self.ignored:
            return self._enter(piece, text, 0, _TOKEN, 0)
        try:
            kind, datum = self._leaf(name, text)
        except BadLiteral:
            name, kind, datum = ERROR, _TOKEN, 0
        return self._enter(piece, text, self.codes[name], kind, datum)

    def _enter(self, piece: str, text: str, terminal: int, kind: int, datum: int) -> int:
        index = self[piece] = len(self.terminals)
        self.terminals.append(terminal)
        self.kinds.append(kind)
        self.data.append(datum)
        self.widths.append(len(text))
        return index

    def _leaf(self, name: str, text: str) -> tuple[int, int]:
        tree = self.tree
        if name == "NAME":
            return _NAME, tree.symbol(read_name(text))
        if name == "NUMBER":
            value, is_int = read_number(text)
            tree.numbers.append(value)
            tree.integers.append(is_int)
            return _NUM, len(tree.numbers) - 1
        if name == "STRING":
            tree.strings.append(read_string(text))
            return _STR, len(tree.strings) - 1
        if name.startswith("HOLE_"):
            return _HOLE, 0
        symbol = tree.symbol(_TREE_NAMES.get(text, text))
        if name in ("CONSTANT", "NULL"):
            return _CONST, symbol
        return _TOKEN if name in _NOT_IN_THE_TREE else _NAME, symbol


def tokenize(tree: Tree, table: Table) -> bytes:
    """Make every token of the source a leaf of the tree; the terminal codes of all of them.

    Blanks and comments are left out; line ends stay, for :mod:`gradc.syntax.layout`.
    """
    text = tree.source.text
    if len(text) > LONGEST_TEXT:
        raise fail("G105", f"a text cannot be longer than {LONGEST_TEXT:,} characters")
    lexemes = Lexemes(tree, table)
    pieces = [match[0] for match in patterns(table).cut.finditer(text)]
    indices = array("i", map(lexemes.__getitem__, pieces))
    starts = array("i", accumulate(map(len, pieces), initial=0))
    starts.pop()
    del pieces
    terminals = bytes(map(lexemes.terminals.__getitem__, indices))
    if 0 in terminals:
        indices = array("i", compress(indices, terminals))
        starts = array("i", compress(starts, terminals))
        terminals = terminals.translate(None, b"\0")
    tree.starts = starts
    tree.ends = array("i", map(add, starts, map(lexemes.widths.__getitem__, indices)))
    tree.kinds = bytearray(map(lexemes.kinds.__getitem__, indices))
    tree.data = array("i", map(lexemes.data.__getitem__, indices))
    return terminals


def keep_tokens(tree: Tree, terminals: bytes, kept: bytes) -> bytes:
    """Drop the tokens whose flag is 0, from the tree too."""
    tree.starts = array("i", compress(tree.starts, kept))
    tree.ends = array("i", compress(tree.ends, kept))
    tree.kinds = bytearray(compress(tree.kinds, kept))
    tree.data = array("i", compress(tree.data, kept))
    return bytes(compress(terminals, kept))
