"""Ranges and repetitions: ``:``, ``seq``, ``rep`` and their like."""

from __future__ import annotations

import math

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.ranges import filled, open_range
from gradc.frontend.stretches import stretch
from gradc.frontend.values import (
    ABSENT,
    Elements,
    Expressions,
    Items,
    Refusal,
    Value,
    Whole,
)
from gradc.frontend.vectors import _plain, _whole, as_whole, bounded


def repeat(context: Context, x: Value, times: Value, each: Value, length_out: Value) -> Value:
    """``rep(x, times, each, length.out)``."""
    if isinstance(x, Items):
        count = 1 if times is ABSENT else context.whole(times, "'times'", 1)
        bounded(count * len(x.values))
        return Items(x.values * count)
    wanted = times if length_out is ABSENT else length_out
    is_number = isinstance(x, int) and not context.is_logical(x) and context.length_of(x) == 1
    if each is ABSENT and wanted is not ABSENT and is_number:
        node = context.node(x)
        if context.graph.types[node].rank:
            node = context.builder.index(node, 1)
        whole = filled(context, wanted, node)
        if whole is not None:
            return whole
    items = list(context.atoms(x, 0))
    labels = x.names if isinstance(x, Elements) else None
    if each is not ABSENT:
        count = context.whole(each, "'each'")
        bounded(len(items) * count)
        items = [item for item in items for _ in range(count)]
        if labels is not None:
            labels = tuple(label for label in labels for _ in range(count))
    if length_out is not ABSENT:
        length = bounded(context.whole(length_out, "'length.out'"))
        repeats = -(-length // len(items)) if items else 0
        names = (labels * repeats)[:length] if labels else None
        return _plain((items * repeats)[:length], context, names)
    counts = [1] if times is ABSENT else [context.whole(t, "'times'") for t in context.atoms(times)]
    if len(counts) == 1:
        bounded(len(items) * counts[0], 1)
        return _plain(items * counts[0], context, labels * counts[0] if labels else None)
    if len(counts) != len(items):
        raise Refusal("G201", f"'times' has {len(counts)} elements, 'x' has {len(items)}")
    bounded(sum(counts), 1)
    if labels is not None:
        labels = tuple(label for label, n in zip(labels, counts, strict=True) for _ in range(n))
    items = [item for item, n in zip(items, counts, strict=True) for _ in range(n)]
    return _plain(items, context, labels)


def colon(context: Context, start: Value, stop: Value) -> Value:
    """``from:to``."""
    found: Value | None = open_range(context, start, stop)
    found = found or stretch(context, start, stop, may_be_empty=False)
    if found is not None:
        return found
    low = context.known(start, "where a range starts", 0)
    try:
        high = context.known(stop, "where a range ends", 1)
    except Refusal as refusal:
        if type(refusal) is Refusal and refusal.suggestion is None and not context.is_python:
            refusal.suggestion = "a range may end with the length of data, such as length(y)"
        raise
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Refusal("G103", f"a range cannot go from {low!r} to {high!r}")
    bounded(abs(high - low))  # before rounding, which infinity does not survive
    count = bounded(math.floor(abs(high - low) + 1e-10) + 1)
    step = 1 if high >= low else -1
    if low.is_integer():
        return _plain([_whole(context, low + step * i) for i in range(count)], context)
    return _progression(context, context.node(start), context.builder.const(step), count)


def _progression(context: Context, start: int, step: int, count: int) -> Value:
    b = context.builder
    return _plain(
        [b.add(start, b.mul(b.const(i), step)) if i else start for i in range(count)], context
    )


def sequence(
    context: Context, start: Value, stop: Value, by: Value, length_out: Value, along: Value
) -> Value:
    """``seq(from, to, by, length.out, along.with)``."""
    if along is not ABSENT:
        length_out = context.builder.const(_count(context, along))
    if start is not ABSENT and stop is by is length_out is ABSENT:
        count = _count(context, start)
        if count != 1:
            return colon(context, context.builder.const(1.0), context.builder.const(count))
        return colon(context, context.builder.const(1.0), start)
    if by is ABSENT and length_out is ABSENT:
        return colon(context, context.builder.const(1.0) if start is ABSENT else start, stop)
    b = context.builder
    if length_out is not ABSENT:
        return _sequence_of_length(context, start, stop, by, length_out)
    first = b.const(1.0) if start is ABSENT else context.node(start)
    low, step = context.known(first, "'from'"), context.known(by, "'by'")
    if stop is ABSENT:
        raise Refusal("G103", "seq() needs 'to' or 'length.out' beside 'by'")
    span = context.known(stop, "'to'") - low
    if span == 0:
        return first
    if step == 0 or not math.isfinite(span / step) or span / step < 0:
        raise Refusal("G103", f"no steps of {step!r} lead from {low!r} to {low + span!r}")
    count = bounded(math.floor(span / step + 1e-10) + 1)
    made = _progression(context, first, context.node(by), count)
    if not (isinstance(start, Whole) and isinstance(by, Whole)):
        return made
    return vector_of([context.whole_number(a) for a in context.atoms(made)])  # type: ignore[misc]


def _sequence_of_length(
    context: Context, start: Value, stop: Value, by: Value, length_out: Value
) -> Value:
    b = context.builder
    wanted = context.known(length_out, "'length.out'")
    bounded(wanted)
    count = math.ceil(wanted)
    if by is not ABSENT:
        step = context.node(by)
        if start is ABSENT and stop is not ABSENT:
            first = b.sub(context.node(stop), b.mul(b.const(count - 1.0), step))
        else:
            first = b.const(1.0) if start is ABSENT else context.node(start)
        return _progression(context, first, step, count)
    first = b.const(1.0) if start is ABSENT else context.node(start)
    if stop is ABSENT:
        return _progression(context, first, b.const(1.0), count)
    last = context.node(stop)
    if count < 2:
        return _plain([first] * count, context)
    step = b.div(b.sub(last, first), b.const(count - 1.0))
    inner = [b.add(first, b.mul(b.const(i), step)) for i in range(1, count - 1)]
    return _plain([first, *inner, last], context)


def _count(context: Context, value: Value) -> int:
    count = context.length_of(value)
    if count is None:
        raise context.unknown_length(context.node(value))
    return count


def numbered(context: Context, count: Value) -> Value:
    """``seq_len(n)``."""
    one = context.builder.const(1.0)
    found = open_range(context, one, count) or stretch(context, one, count, may_be_empty=True)
    if found is not None:
        return found
    length = bounded(context.known(count, "the length of a sequence", 0), 0)
    return _plain([_whole(context, i) for i in range(1, length + 1)], context)


def along(context: Context, x: Value) -> Value:
    """``seq_along(x)``."""
    if context.length_of(x) is None:
        return context.builder.apply("seq_along", [context.node(x)], 0)
    return numbered(context, context.builder.const(_count(context, x)))


def python_range(context: Context, start: Value, stop: Value, step: Value) -> Value:
    """Python's ``range``."""
    if stop is ABSENT:
        start, stop = context.builder.const(0.0), start
    low, high = context.known(start, "a range's start", 0), context.known(stop, "a range's end", 1)
    by = 1.0 if step is ABSENT else context.known(step, "a range's step", 2)
    if by == 0 or not all(map(math.isfinite, (low, high, by))):
        raise Refusal("G103", f"a range cannot go from {low!r} to {high!r} by {by!r}")
    turns = max(0.0, (high - low) / by)
    bounded(turns)
    count = math.ceil(turns)
    return _plain([_whole(context, low + by * i) for i in range(count)], context)


def reverse(context: Context, x: Value) -> Value:
    """``rev(x)``."""
    if x.__class__ is int and context.length_of(x) is None:
        return context.builder.apply("rev", [context.node(x)])
    if isinstance(x, Items):
        return Items(x.values[::-1], x.names[::-1] if x.names else None)
    if isinstance(x, Expressions):
        return Expressions(x.quoted[::-1])
    names = x.names[::-1] if isinstance(x, Elements) and x.names else None
    return vector_of(context.atoms(x, 0)[::-1], names)


PYTHON_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("range", "start stop? step?", python_range),
    ("arange", "start stop? step?", python_range),
    ("int", "x", as_whole),
)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("rep", "x times? each? length.out?", repeat),
    (":", "from to", colon),
    ("seq", "from? to? by? length.out? along.with?", sequence),
    ("seq.int", "from? to? by? length.out? along.with?", sequence),
    ("seq_len", "length.out", numbered),
    ("seq_along", "along.with", along),
    ("rev", "x", reverse),
)
