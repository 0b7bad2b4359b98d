"""Lengths that a loop tells: ``x[i]`` in a loop over ``1:length(y)`` is as long as ``y``."""

from __future__ import annotations

from collections.abc import Iterable

from gradc.frontend.batching import row_of_turn
from gradc.frontend.counts import COUNT
from gradc.frontend.symbols import ROWS
from gradc.ir import Size
from gradc.ir.types import known
from gradc.prims import Builder, ShapeError, unify


def fit_sizes(b: Builder, counter: int, values: int, nodes: Iterable[int]) -> None:
    """Give vectors that a loop indexes by its counter the length that the loop needs.

    A length that has nothing to do with the number of turns yet becomes the largest place that
    is read, and so does that of an input whose length is known: the loop goes over all of it.
    One that is known to be longer stays what it is. A loop that reads only ``x[t - 1]``
    does not say how long x is: another one may read ``x[t]``.
    """
    graph = b.graph
    record = graph.records[values]
    if record[0] != "seq_along" or any(s.startswith(COUNT) for s, _ in b.size(values).terms):
        return
    furthest: dict[int, int] = {}
    for node in nodes:
        read = _read(b, node, counter)
        if read is not None:
            furthest[read[0]] = max(furthest.get(read[0], read[1]), read[1])
    for vector, shift in furthest.items():
        size = graph.types[vector].shape[0].substitute(graph.bindings)
        needed = b.size(values).plus(known(record[1] + shift))
        # The one length of all undeclared data is not fixed by one of many vectors.
        is_shared = any(symbol == ROWS for symbol, _ in needed.terms)
        is_input = graph.prim(vector) == "input" and size.is_known and not is_shared
        if shift < 0 or size.plus(needed, -1).is_known or not (_is_open(size) or is_input):
            continue
        try:
            unify(graph, size, needed)
        except ShapeError:
            continue


def fit_rows(b: Builder, matrix: int, index: int) -> None:
    """A matrix of which each row is read once, from the first one, has no more rows than that.

    So it is taken, as in a loop: ``P[cbind(seq_along(y), y)]`` has one row for each ``y``.
    """
    graph = b.graph
    record = graph.records[index]
    if record[0] != "seq_along" or record[1]:
        return
    rows, turns = graph.types[matrix].shape[0].substitute(graph.bindings), b.size(index)
    is_counted = any(name.startswith(COUNT) or name == ROWS for name, _ in turns.terms)
    if _is_open(rows) and _is_open(turns) and not is_counted:
        unify(graph, rows, turns)


def _is_open(size: Size) -> bool:
    return len(size.terms) == 1 and not size.constant


def _read(b: Builder, node: int, counter: int) -> tuple[int, int] | None:
    """A vector or a matrix that a node reads, and what is added to the counter for the place."""
    record = b.graph.records[node]
    row = row_of_turn(b, node)
    if row is None and record[0] != "gather":
        return None
    source, index = row if row is not None else (record[2], record[3])
    shift = shift_of(b, index, counter)
    return None if shift is None else (source, shift)


def shift_of(b: Builder, index: int, counter: int) -> int | None:
    """``k`` of an index that is the counter plus ``k``; None for any other index."""
    graph, shift = b.graph, 0
    while index != counter:
        record = graph.records[index]
        if record[0] not in ("add", "sub"):
            return None
        node, number = record[2], record[3]
        if record[0] == "add" and graph.is_const(node):
            node, number = number, node
        if not graph.is_const(number) or not graph.value(number).is_integer():
            return None
        step = int(graph.value(number))
        shift += step if record[0] == "add" else -step
        index = node
    return shift
