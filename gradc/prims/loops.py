"""The table, part seven: loops with carried values.

A ``scan`` node has no value of its own; ``final`` and ``output`` read what it leaves. How it is
differentiated needs the derivatives of its body, see :mod:`gradc.diff.scan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradc.ir import REAL, Graph, Region, Size, Type, vector
from gradc.prims.schema import Prim, ShapeError, tensor, unify
from gradc.prims.vectors import vector_size


def _scan_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    turns(graph, args, attrs)
    return REAL


def turns(graph: Graph, args: Sequence[int], region: Region) -> Size:
    """How many turns a loop takes: the common length of its sequences."""
    size: Size | None = None
    for arg in args[region.carries : region.carries + region.seqs]:
        own = vector_size(graph, arg, "a sequence")
        size = own if size is None else unify(graph, size, own)
    if size is None:
        raise ShapeError("a loop needs a sequence")
    return size


def _scan_of(graph: Graph, node: int) -> tuple[Sequence[int], Region]:
    record = graph.records[node]
    return record[2:], record[1]


def _final_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return REAL


def _output_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return vector(turns(graph, *_scan_of(graph, args[0])))


PRIMS: tuple[Prim, ...] = (
    tensor(
        "scan",
        "x",
        "a loop with carried values: attrs is its Region, arguments are what they start with,"
        " the sequences, and what stays the same",
        _scan_shape,
        None,
        None,
        {},
        variadic=True,
    ),
    tensor(
        "final",
        "scan",
        "a carried value after the last turn; attrs is its number",
        _final_shape,
        None,
        None,
        {},
    ),
    tensor(
        "output",
        "scan",
        "what every turn of a loop leaves; attrs is its number",
        _output_shape,
        None,
        None,
        {},
    ),
)
