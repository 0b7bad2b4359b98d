"""Vectors and matrices in NumPy: moves without a spelling of their own, and small functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit.moves import called, ends, extents
from gradc.emit.syntax import ATOM, Piece, Special
from gradc.ir import Graph


def _slice(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    front, back = ends(graph, node)
    first, last = str(front) if front else "", f"-{back}" if back else ""
    return called(f"{pieces[0].at(ATOM).text}[{first}:{last}]", pieces)


def _pad(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    front, back = ends(graph, node)
    return called(f"np.pad({pieces[0].text}, ({front}, {back}))", pieces, 2)


def _seq_along(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    start = graph.attrs(node) + 1
    text = f"np.arange({start}, len({pieces[0].text}) + {start}, dtype=dtype)"
    return called(text, pieces, 2)


def _reshape(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    rows, columns = extents(graph, node)
    size = f"-1, {columns}" if columns is not None else f"{rows}, -1"
    return called(f'{pieces[0].at(ATOM).text}.reshape({size}, order="F")', pieces)


def _typed(piece: Piece) -> str:
    return f"dtype({piece.text})" if piece.literal else piece.text


def _concat(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return called(f"np.hstack(({', '.join(map(_typed, pieces))}))", pieces, 2)


def _bind(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return called(f"np.stack(({', '.join(map(_typed, pieces))},), axis=1)", pieces, 2)


def _beside(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return called(f"np.column_stack(({', '.join(piece.text for piece in pieces)}))", pieces, 2)


SPECIAL: Mapping[str, Special] = {
    "slice": _slice,
    "pad": _pad,
    "seq_along": _seq_along,
    "reshape": _reshape,
    "concat": _concat,
    "bind_cols": _bind,
    "concat_cols": _beside,
}

FUNCTIONS: Mapping[str, str] = {
    "_softplus": '''\
def _softplus(x):
    """log(1 + exp(x)), which does not overflow; np.logaddexp takes several times as long."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
''',
    "_logspace_add": '''\
def _logspace_add(x, y):
    """log(exp(x) + exp(y)), also of infinities; np.logaddexp takes several times as long."""
    t = np.asarray(x - y)  # every step in one array: fetching memory takes longer than arithmetic
    np.negative(np.abs(t, out=t), out=t)
    np.fmin(t, 0.0, out=t)  # the difference of two equal infinities is NaN, their distance 0
    np.log1p(np.exp(t, out=t), out=t)
    return np.maximum(x, y) + t
''',
    "_scatter": '''\
def _scatter(x, like, k):
    """Zeros in the shape of ``like``, but x at place k."""
    result = np.zeros_like(like)
    result[k] = x
    return result
''',
    "_prod_others": '''\
def _prod_others(x):
    """For each element the product of all others."""
    x = np.asarray(x)
    flat = np.atleast_1d(x)
    before = np.concatenate(([1.0], np.cumprod(flat[:-1])))
    after = np.concatenate(([1.0], np.cumprod(flat[:0:-1])))[::-1]
    return (before * after).reshape(x.shape)[()]
''',
    "_places": '''\
def _places(i, n):
    """Places counted from 1 as places counted from 0."""
    k = np.asarray(i).astype(np.intp) - 1
    if np.any(k < 0) or np.any(k >= n) or np.any(k + 1 != i):
        raise IndexError(f"an index is no whole number from 1 to {n}")
    return k
''',
    "_scatter_add": '''\
def _scatter_add(v, k, n):
    """Zeros, n of them, with each v added at its place k."""
    if np.ndim(v) == 1:
        return np.bincount(k, v, n).astype(v.dtype)
    result = np.zeros((n, *np.shape(v)[1:]), np.asarray(v).dtype)
    np.add.at(result, k, v)
    return result
''',
    "_put": '''\
def _put(x, like, place):
    """Zeros in the shape of ``like``, but x at a place."""
    result = np.zeros_like(like)
    result[place] = x
    return result
''',
    "_half_lower": '''\
def _half_lower(m):
    """The lower triangle, its diagonal halved."""
    return np.tril(m, -1) + np.diag(np.diag(m) / 2)
''',
}
"""Functions that a file defines for itself where it calls them."""
