"""What printers of vectors and matrices share: the attributes of moves as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit.syntax import ATOM, Piece
from gradc.errors import fail
from gradc.ir import Graph, Size


def ends(graph: Graph, node: int) -> tuple[int, int]:
    """How many elements a ``slice`` or a ``pad`` takes or adds at either end.

    Raises: GradcError (G303) where only the data tell.
    """
    front, back = (size.substitute(graph.bindings) for size in graph.attrs(node))
    if not (front.is_known and back.is_known):
        raise fail(
            "G303",
            "two vectors whose lengths only the data tell are put together here,"
            " and that has no derivative yet",
            graph.place(node),
        )
    return front.constant, back.constant


def extents(graph: Graph, node: int) -> tuple[int | None, int | None]:
    """Rows and columns of a matrix, None where only the data tell."""
    rows, columns = (size.substitute(graph.bindings) for size in graph.types[node].shape)
    return _number(rows), _number(columns)


def _number(size: Size) -> int | None:
    return size.constant if size.is_known else None


def called(text: str, pieces: Sequence[Piece], brackets: int = 1) -> Piece:
    """A text that is as tight as a name, around printed arguments."""
    deepest = max((piece.brackets for piece in pieces), default=0)
    height = max((piece.height for piece in pieces), default=0)
    return Piece(text, ATOM, deepest + brackets, height + 1)
