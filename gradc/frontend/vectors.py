"""Functions that make and take apart vectors: ``c``, ``rep``, ``seq``, ``rev`` and lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from gradc.frontend.actions import Native
from gradc.frontend.context import ELEMENTS_LIMIT, Context, vector_of
from gradc.frontend.values import ABSENT, NA, NULL, Atom, Dots, Elements, Items, Refusal, Value


def bounded(count: float, argument: int | None = None) -> int:
    """A number of elements that can be made."""
    if count != count or count < 0:
        raise Refusal("G103", f"a vector cannot have {count!r} elements", None, argument)
    if count > ELEMENTS_LIMIT:
        raise Refusal(
            "G105",
            f"a vector of {count:,.0f} single elements is too long to write out",
            f"the limit is {ELEMENTS_LIMIT:,}",
            argument,
        )
    return int(count)


def combine(context: Context, dots: Dots) -> Value:
    """``c(…)``."""
    parts = [value for _, value in dots.items if value is not NULL]
    if any(isinstance(part, Items) for part in parts):
        return _combine_lists(parts)
    if len(parts) == 1 and dots.items[0][0] is None:
        return parts[0]
    items: list[Atom] = []
    names: list[str] = []
    for k, (name, value) in enumerate(dots.items):
        atoms = context.atoms(value, k)
        items += atoms
        bounded(len(items), k)
        own = value.names if isinstance(value, Elements) else None
        names += own or [name or ""] * len(atoms)
    context.spend(len(items))
    texts = sum(isinstance(item, str) for item in items)
    if texts not in (0, len(items)):
        raise Refusal("G202", "a vector cannot mix numbers and text")
    if not items:
        return NULL
    return vector_of(items, tuple(names) if any(names) else None)


def _combine_lists(parts: Iterable[Value]) -> Value:
    values: list[Value] = []
    for part in parts:
        values += part.values if isinstance(part, Items) else (part,)
    return Items(tuple(values))


def repeat(context: Context, x: Value, times: Value, each: Value, length_out: Value) -> Value:
    """``rep(x, times, each, length.out)``."""
    items = list(context.atoms(x, 0))
    if each is not ABSENT:
        count = context.whole(each, "'each'")
        bounded(len(items) * count)
        items = [item for item in items for _ in range(count)]
    if length_out is not ABSENT:
        length = bounded(context.whole(length_out, "'length.out'"))
        repeats = -(-length // len(items)) if items else 0
        return _plain((items * repeats)[:length], context)
    counts = [1] if times is ABSENT else [context.whole(t, "'times'") for t in context.atoms(times)]
    if len(counts) == 1:
        bounded(len(items) * counts[0], 1)
        return _plain(items * counts[0], context)
    if len(counts) != len(items):
        raise Refusal("G201", f"'times' has {len(counts)} elements, 'x' has {len(items)}")
    bounded(sum(counts), 1)
    return _plain([i for i, n in zip(items, counts, strict=True) for _ in range(n)], context)


def _plain(items: Sequence[Atom], context: Context) -> Value:
    context.spend(len(items))
    return vector_of(items)


def colon(context: Context, start: Value, stop: Value) -> Value:
    """``from:to``."""
    low = context.known(start, "where a range starts", 0)
    high = context.known(stop, "where a range ends", 1)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Refusal("G103", f"a range cannot go from {low!r} to {high!r}")
    count = bounded(math.floor(abs(high - low) + 1e-10) + 1)
    step = 1 if high >= low else -1
    if low.is_integer():
        return _plain([context.builder.const(low + step * i) for i in range(count)], context)
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
    return _progression(
        context, first, context.node(by), bounded(math.floor(span / step + 1e-10) + 1)
    )


def _sequence_of_length(
    context: Context, start: Value, stop: Value, by: Value, length_out: Value
) -> Value:
    b = context.builder
    count = bounded(math.ceil(context.known(length_out, "'length.out'")))
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
        raise Refusal("G104", "the length of this vector is known only when the data arrive")
    return count


def numbered(context: Context, count: Value) -> Value:
    """``seq_len(n)``."""
    length = bounded(context.known(count, "the length of a sequence", 0), 0)
    return _plain([context.builder.const(i) for i in range(1, length + 1)], context)


def along(context: Context, x: Value) -> Value:
    """``seq_along(x)``."""
    return numbered(context, context.builder.const(_count(context, x)))


def python_range(context: Context, start: Value, stop: Value, step: Value) -> Value:
    """Python's ``range``."""
    if stop is ABSENT:
        start, stop = context.builder.const(0.0), start
    low, high = context.known(start, "a range's start", 0), context.known(stop, "a range's end", 1)
    by = 1.0 if step is ABSENT else context.known(step, "a range's step", 2)
    if by == 0 or not all(map(math.isfinite, (low, high, by))):
        raise Refusal("G103", f"a range cannot go from {low!r} to {high!r} by {by!r}")
    count = bounded(max(0, math.ceil((high - low) / by)))
    return _plain([context.builder.const(low + by * i) for i in range(count)], context)


def reverse(context: Context, x: Value) -> Value:
    """``rev(x)``."""
    if isinstance(x, Items):
        return Items(x.values[::-1], x.names[::-1] if x.names else None)
    names = x.names[::-1] if isinstance(x, Elements) and x.names else None
    return vector_of(context.atoms(x, 0)[::-1], names)


def length(context: Context, x: Value) -> Value:
    """``length(x)``, a number where it is known."""
    count = context.length_of(x)
    if count is None:
        return context.builder.length(context.node(x))
    return context.builder.const(count)


def numeric(context: Context, count: Value) -> Value:
    """``numeric(n)``: zeros."""
    return _filled(context, count, context.builder.const(0.0))


def logical(context: Context, count: Value) -> Value:
    """``logical(n)``: FALSE."""
    return _filled(context, count, False)


def _filled(context: Context, count: Value, item: Atom) -> Value:
    size = 0.0 if count is ABSENT else context.known(count, "the length of a vector", 0)
    return _plain([item] * bounded(size, 0), context)


def make_list(context: Context, dots: Dots) -> Value:
    """``list(…)``."""
    names = tuple(name or "" for name, _ in dots.items)
    return Items(tuple(value for _, value in dots.items), names if any(names) else None)


def unlist(context: Context, x: Value) -> Value:
    """``unlist(x)``."""
    if not isinstance(x, Items):
        return x
    return combine(context, Dots(tuple((None, value) for value in x.values)))


def same(context: Context, x: Value) -> Value:
    """``identity(x)``, ``I(x)``, ``invisible(x)``."""
    return NULL if x is ABSENT else x


def as_number(context: Context, x: Value) -> Value:
    """``as.numeric(x)``."""
    return context.elementwise(context.builder.real, [x])


def as_whole(context: Context, x: Value) -> Value:
    """``as.integer(x)``."""
    return context.elementwise(lambda node: context.builder.apply("trunc", (node,)), [x])


def is_null(context: Context, x: Value) -> Value:
    """``is.null(x)``."""
    return x is NULL


def is_na(context: Context, x: Value) -> Value:
    """``is.na(x)`` of what is known."""
    return vector_of([atom is NA for atom in context.atoms(x, 0)])


def known(context: Context, x: Value) -> Value:
    """Whether ``x`` is one number whose value is known at compile time."""
    if isinstance(x, bool):
        return True
    return isinstance(x, int) and context.constants.value(x) is not None


def refuse(context: Context, message: Value) -> Value:
    """End with a diagnostic at the call of the prelude's function."""
    raise Refusal("G103", str(message))


def stop(context: Context, dots: Dots) -> Value:
    """``stop(…)``: the model's own complaint."""
    words = "".join(value for _, value in dots.items if isinstance(value, str))
    raise Refusal("G104", f"the model stops here: {words}" if words else "the model stops here")


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("c", "...", combine),
    ("rep", "x times? each? length.out?", repeat),
    (":", "from to", colon),
    ("seq", "from? to? by? length.out? along.with?", sequence),
    ("seq.int", "from? to? by? length.out? along.with?", sequence),
    ("seq_len", "length.out", numbered),
    ("seq_along", "along.with", along),
    ("rev", "x", reverse),
    ("length", "x", length),
    ("numeric", "length?", numeric),
    ("double", "length?", numeric),
    ("logical", "length?", logical),
    ("list", "...", make_list),
    ("unlist", "x", unlist),
    ("identity", "x", same),
    ("I", "x", same),
    ("invisible", "x?", same),
    ("as.numeric", "x", as_number),
    ("as.double", "x", as_number),
    ("as.vector", "x", same),
    ("as.integer", "x", as_whole),
    ("is.null", "x", is_null),
    ("is.na", "x", is_na),
    ("stop", "...", stop),
)

PRELUDE_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("known", "x", known),
    ("refuse", "message", refuse),
)

PYTHON_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("range", "start stop? step?", python_range),
    ("arange", "start stop? step?", python_range),
    ("int", "x", as_whole),
)
