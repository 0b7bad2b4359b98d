"""Vectors and matrices in R: moves that have no template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit.moves import called, ends, extents
from gradc.emit.syntax import ATOM, POWER, SUM, Piece, Special
from gradc.ir import Graph


def _slice(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    x = pieces[0].at(ATOM).text
    front, back = ends(graph, node)
    if (front, back) == (1, 0):
        places = "-1"
    elif (front, back) == (0, 1):
        places = f"-length({x})"
    elif (front, back) == (1, 1):
        places = f"-c(1, length({x}))"
    elif back == 0:
        places = f"-(1:{front})"
    else:
        places = f"seq_len(length({x}) - {front + back})"
        places += f" + {front}" if front else ""
    return called(f"{x}[{places}]", pieces)


def _zeros(count: int) -> list[str]:
    return [] if not count else ["0"] if count == 1 else [f"numeric({count})"]


def _pad(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    front, back = ends(graph, node)
    parts = [*_zeros(front), pieces[0].text, *_zeros(back)]
    return called(f"c({', '.join(parts)})", pieces)


def _seq_along(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """Doubles: products of R's integers overflow."""
    start = graph.attrs(node)
    text = f"seq_along({pieces[0].text})"
    if not start:
        return called(f"as.numeric({text})", pieces, 2)
    sign = "+" if start > 0 else "-"
    return Piece(f"{text} {sign} {abs(start)}", SUM, pieces[0].brackets + 1, pieces[0].height + 1)


def _reshape(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    rows, columns = extents(graph, node)
    if columns == 1:
        return called(f"matrix({pieces[0].text})", pieces)
    size = f"ncol = {columns}" if columns is not None else f"nrow = {rows}"
    return called(f"matrix({pieces[0].text}, {size})", pieces)


def _broadcast(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    x, like = (piece.text for piece in pieces)
    if graph.types[node].rank == 2:
        return called(f"array({x}, dim({like}))", pieces, 2)
    return called(f"rep_len({x}, length({like}))", pieces, 2)


def _matvec(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A product with a vector; of a transpose it has a name of its own."""
    matrix, vector = pieces
    inner = matrix.text[2:-1]
    if graph.prim(graph.args(node)[0]) == "t" and matrix.text == f"t({inner})":
        return called(f"drop(crossprod({inner}, {vector.text}))", pieces, 2)
    return called(f"drop({matrix.at(POWER).text} %*% {vector.at(POWER).text})", pieces)


MOVES: Mapping[str, Special] = {
    "matvec": _matvec,
    "slice": _slice,
    "pad": _pad,
    "seq_along": _seq_along,
    "reshape": _reshape,
    "broadcast": _broadcast,
}
REPEATED = frozenset({"slice"})
"""Moves that name their first argument more than once."""
