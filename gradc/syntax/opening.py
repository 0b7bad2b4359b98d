"""A piece of text opened: the operators at its top, with what is in brackets still closed.

Where a piece cannot stand as a unit, as `1/(1 + exp(-x))` behind a `*`, only its outermost
operators have to be written out. The operands in brackets are units wherever they stand, and
stay shared.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from gradc.errors import Span
from gradc.syntax.looseness import ATOM, operator_class
from gradc.syntax.rope import Pasted, Text
from gradc.syntax.tree import Kind, Tree

LONG: Final = 32
"""An operand in brackets that is longer than this stays closed; also one with shared parts."""


@dataclass(slots=True)
class Piece:
    """A text read on its own: its tree, and how loose its only expression is.

    ``looseness`` is None where the text cannot be a hole of another one. ``place`` is the node
    where that is not the only expression of the tree; ``parts`` what it was opened to.
    """

    tree: Tree
    looseness: int | None
    place: int | None = None
    parts: list[Text] | None = field(default=None, repr=False)

    @property
    def node(self) -> int:
        """The expression."""
        return self.tree.roots[0] if self.place is None else self.place


def spine(text: Text) -> list[Text] | None:
    """The parts of a piece: its outer operators, and bracketed operands as pieces of their own.

    None where the piece is a bracket itself, or has no long operand in brackets.
    """
    piece = text.parse
    if not isinstance(piece, Piece) or not isinstance(piece.tree.source, Pasted):
        return None
    if piece.parts is None:
        piece.parts = _opened(piece.tree, piece.node, piece.tree.source)
    return piece.parts or None


def _opened(tree: Tree, root: int, source: Pasted) -> list[Text]:
    operands = _operands(tree, root, source)
    parts: list[Text] = []
    first = 0
    for node in operands:
        start, end = tree.starts[node], tree.ends[node]
        parts += slices(source, first, start)
        inner = Text(slices(source, start, end), None, None)
        inner.parse = Piece(tree, ATOM, node)
        parts.append(inner)
        first = end
    return parts + slices(source, first, len(source.text)) if operands else []


def _operands(tree: Tree, root: int, source: Pasted) -> list[int]:
    """The outermost operands in brackets that are worth sharing, in the order of the text."""
    found: list[int] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if tree.kinds[node] != Kind.CALL:
            continue
        if _is_bracketed(tree, node, source):
            if node == root:
                return []
            if _is_long(tree, node, source):
                found.append(node)
            continue
        pending.extend(tree.args(node))
    return sorted(found, key=tree.starts.__getitem__)


def _is_bracketed(tree: Tree, node: int, source: Pasted) -> bool:
    head = tree.head(node)
    closes = source.text[tree.ends[node] - 1] in ")]"
    return closes and operator_class(head, len(tree.args(node)), tree, node) == ATOM


def _is_long(tree: Tree, node: int, source: Pasted) -> bool:
    start, end = tree.starts[node], tree.ends[node]
    if end - start > LONG:
        return True
    first, last = bisect_right(source.starts, start) - 1, bisect_right(source.starts, end - 1)
    return any(place in source.holes for place in range(first, last))


def slices(source: Pasted, start: int, end: int) -> list[Text]:
    """The pieces of a pasted text between two offsets, those at the ends cut."""
    found: list[Text] = []
    place = bisect_right(source.starts, start) - 1
    while place < len(source.pieces) and source.starts[place] < end:
        piece, begin = source.pieces[place], source.starts[place]
        width = 1 if place in source.holes else piece.length
        low, high = max(start - begin, 0), min(end - begin, width)
        if low < high:
            found.append(piece if high - low == width else _cut(piece, low, high))
        place += 1
    return found


def _cut(piece: Text, low: int, high: int) -> Text:
    """Some characters of a piece, with their own place in the script where that is known."""
    origin = piece.origin
    if origin is not None and piece.is_literal:
        origin = Span(origin.start + low, origin.start + high, origin.source)
    return Text((), piece.flat()[low:high], origin, piece.is_literal)
