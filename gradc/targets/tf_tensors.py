"""Vectors and matrices in TensorFlow: moves without a spelling of their own, small functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit.moves import called, ends, extents
from gradc.emit.syntax import ATOM, SUM, Piece, Special
from gradc.ir import Graph


def _slice(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    front, back = ends(graph, node)
    first, last = str(front) if front else "", f"-{back}" if back else ""
    return called(f"{pieces[0].at(ATOM).text}[{first}:{last}]", pieces)


def _pad(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    front, back = ends(graph, node)
    return called(f"tf.pad({pieces[0].text}, [[{front}, {back}]])", pieces, 3)


def _seq_along(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    start = graph.attrs(node) + 1
    text = f"tf.cast(tf.range(tf.size({pieces[0].text})), dtype) + {start}"
    return Piece(text, SUM, pieces[0].brackets + 3, pieces[0].height + 1)


def _reshape(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    rows, columns = extents(graph, node)
    x = pieces[0].text
    if columns == 1:
        return called(f"tf.reshape({x}, [-1, 1])", pieces, 2)
    size = f"{columns}, -1" if columns is not None else f"-1, {rows}"
    return called(f"tf.transpose(tf.reshape({x}, [{size}]))", pieces, 3)


def _typed(piece: Piece) -> str:
    return f"tf.constant({piece.text}, dtype)" if piece.literal else piece.text


def _concat(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    parts = [
        _typed(piece) if graph.types[arg].shape else f"[{_typed(piece)}]"
        for piece, arg in zip(pieces, graph.args(node), strict=True)
    ]
    return called(f"tf.concat([{', '.join(parts)}], 0)", pieces, 3)


def _bind(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return called(f"tf.stack([{', '.join(map(_typed, pieces))}], axis=1)", pieces, 2)


def _beside(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    parts = [
        piece.text if graph.types[arg].rank == 2 else f"{piece.at(ATOM).text}[:, None]"
        for piece, arg in zip(pieces, graph.args(node), strict=True)
    ]
    return called(f"tf.concat([{', '.join(parts)}], 1)", pieces, 2)


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
    "_recycled": '''\
def _recycled(*vectors):
    """Data of one common shape; a number or a single row is repeated."""
    shapes = [v.shape for v in vectors]
    if shapes[0].is_fully_defined() and all(s == shapes[0] for s in shapes):
        return vectors
    shape = tf.shape(vectors[0])
    for v in vectors[1:]:
        shape = tf.broadcast_dynamic_shape(shape, tf.shape(v))
    return [tf.broadcast_to(v, shape) for v in vectors]
''',
    "_prod_others": '''\
def _prod_others(x):
    """For each element the product of all others."""
    flat = tf.reshape(x, [-1])
    before = tf.math.cumprod(flat, exclusive=True)
    after = tf.math.cumprod(flat, exclusive=True, reverse=True)
    return tf.reshape(before * after, tf.shape(x))
''',
    "_places": '''\
def _places(i):
    """Places counted from 1 as places counted from 0."""
    return tf.cast(i, tf.int32) - 1
''',
    "_scatter_add": '''\
def _scatter_add(v, k, n):
    """Zeros, n of them, with each v added at its place k."""
    return tf.math.unsorted_segment_sum(v, k, n)
''',
    "_scatter_cells": '''\
def _scatter_cells(v, k, like):
    """Zeros in the shape of ``like``, but v in the column k of each row."""
    places = tf.stack([tf.range(tf.size(k)), k], axis=1)
    return tf.tensor_scatter_nd_update(tf.zeros_like(like), places, v)
''',
    "_half_lower": '''\
def _half_lower(m):
    """The lower triangle, its diagonal halved."""
    return tf.linalg.band_part(m, -1, 0) - tf.linalg.diag(tf.linalg.diag_part(m) / 2)
''',
}
"""Functions that a file defines for itself where it calls them."""
