"""Ranges over data whose length only the data tell: ``1:n``, ``2:length(y)``, ``seq_along(y)``.

Such a range is a vector of the graph, ``seq_along``; what it indexes is a slice.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradc.frontend.context import Context
from gradc.frontend.values import Value
from gradc.ir.types import known
from gradc.prims import Builder


@dataclass(frozen=True, slots=True)
class Extent:
    """A number that is the length of a vector of the graph plus a whole number."""

    vector: int
    offset: int


def extent(context: Context, value: Value) -> Extent | None:
    """The number as a length of data and what is added to it; None where it is not so."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    graph, b = context.graph, context.builder
    offset = 0
    node = int(value)
    while True:
        record = graph.records[node]
        if record[0] == "length" and graph.types[record[2]].rank == 1:
            return Extent(record[2], offset)
        if record[0] == "nrow":
            return Extent(b.apply("get_col", [record[2]], 1), offset)
        if record[0] == "ncol":
            return Extent(b.apply("get_row", [record[2]], 1), offset)
        counted = context.count_along(node) if record[0] == "input" else None
        if counted is not None:
            return Extent(counted[0], offset + counted[1])
        if record[0] not in ("add", "sub"):
            return None
        sign = -1 if record[0] == "sub" else 1
        number = context.constants.value(record[3])
        node = record[2]
        if number is None and record[0] == "add":
            number, node = context.constants.value(record[2]), record[3]
        if number is None or not number.is_integer():
            return None
        offset += sign * int(number)


def like(context: Context, count: Value) -> int | None:
    """A vector of so many elements, where only the data tell how many."""
    found = extent(context, count)
    if found is None:
        return None
    b, none = context.builder, known(0)
    if found.offset < 0:
        return b.apply("slice", [found.vector], (none, known(-found.offset)))
    return b.apply("pad", [found.vector], (none, known(found.offset)))


def open_range(context: Context, start: Value, stop: Value) -> int | None:
    """``start:stop`` from or to a number that only the data tell; None for any other range."""
    if _is_open(context, start) and not _is_open(context, stop):
        upwards = open_range(context, stop, start)
        return None if upwards is None else context.builder.apply("rev", [upwards])
    low = context.number(start) if isinstance(start, int) else None
    if low is None or not low.is_integer() or low < 1 or not _is_open(context, stop):
        return None
    whole = like(context, stop)
    if whole is None:
        return None
    first = int(low) - 1
    rest = context.builder.apply("slice", [whole], (known(first), known(0)))
    return context.builder.apply("seq_along", [rest], first)


def last_of(b: Builder, values: int) -> int:
    """The last element of what a loop runs over, which its counter keeps."""
    records = b.graph.records
    record = records[values]
    if record[0] == "seq_along":
        return b.add(b.length(record[2]), b.const(float(record[1])))
    if record[0] == "rev":
        return b.index(record[2], 1)
    return b.apply("gather", [values, b.length(values)])


def _is_open(context: Context, value: Value) -> bool:
    return value.__class__ is int and context.constants.value(value) is None


def filled(context: Context, count: Value, number: int) -> int | None:
    """A vector of one number, as long as only the data tell; None for a known length."""
    whole = like(context, count) if _is_open(context, count) else None
    return None if whole is None else context.builder.broadcast(number, whole)
