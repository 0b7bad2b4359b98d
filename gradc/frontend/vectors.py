"""Functions that make and take apart vectors: ``c``, ``rep``, ``seq``, ``rev`` and lists."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from gradc.frontend import language
from gradc.frontend.actions import Action, Native
from gradc.frontend.context import ELEMENTS_LIMIT, Context, vector_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Closure,
    Dots,
    Elements,
    Expressions,
    Formula,
    Items,
    Outcome,
    Quoted,
    Refusal,
    Sink,
    Special,
    Value,
    Whole,
)
from gradc.syntax.rope import Text


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
        return _combine_lists(dots.items)
    if len(parts) == 1 and dots.items[0][0] is None:
        return parts[0]
    if any(isinstance(part, _SINGLE) for part in parts):
        return _combine_lists(dots.items)
    items: list[Atom] = []
    names: list[str] = []
    for k, (name, value) in enumerate(dots.items):
        atoms = context.atoms(value, k)
        items += atoms
        bounded(len(items), k)
        own = value.names if isinstance(value, Elements) else None
        names += _combined_names(name or "", own, len(atoms))
    context.spend(len(items))
    if any(isinstance(item, Text) for item in items):
        items = [as_text(context, item) for item in items]
    elif any(isinstance(item, int) and not isinstance(item, (Whole, bool)) for item in items):
        items = [int(item) if isinstance(item, Whole) else item for item in items]
    if not items:
        return Elements(()) if parts else NULL
    return vector_of(items, tuple(names) if any(names) else None)


_SINGLE = (Quoted, Formula, Expressions, Closure, Action, Sink, Outcome)


def _combined_names(name: str, own: tuple[str, ...] | None, count: int) -> Sequence[str]:
    """The names of the elements of one argument of ``c``."""
    if own is not None:
        return [f"{name}.{label}" if name and label else name or label for label in own]
    if count == 1 or not name:
        return [name] * count
    return [f"{name}{k}" for k in range(1, count + 1)]


def as_text(context: Context, item: Atom) -> Atom:
    """An element as text; NA stays NA."""
    if isinstance(item, (Text, Special)):
        return item
    if not isinstance(item, bool) and context.number(item) is None and not context.defaults(item):
        return language.text_of_value(context, item)
    return context.made(context.as_characters(item))


def _combine_lists(items: Iterable[tuple[str | None, Value]]) -> Value:
    values: list[Value] = []
    names: list[str] = []
    for name, value in items:
        if value is NULL:
            continue
        if isinstance(value, Expressions):
            values += value.quoted
            names += [""] * len(value.quoted)
            continue
        if not isinstance(value, (Items, Elements)):
            values.append(value)
            names.append(name or "")
            continue
        inner: Sequence[Value] = value.values if isinstance(value, Items) else value.items
        values += inner
        names += _combined_names(name or "", value.names, len(inner))
    return Items(tuple(values), tuple(names) if any(names) else None)


def repeat(context: Context, x: Value, times: Value, each: Value, length_out: Value) -> Value:
    """``rep(x, times, each, length.out)``."""
    if isinstance(x, Items):
        count = 1 if times is ABSENT else context.whole(times, "'times'", 1)
        bounded(count * len(x.values))
        return Items(x.values * count)
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
    return _plain([i for i, n in zip(items, counts, strict=True) for _ in range(n)], context)


def _plain(items: Sequence[Atom], context: Context, names: tuple[str, ...] | None = None) -> Value:
    context.spend(len(items))
    return vector_of(items, names) if items else Elements(())


def colon(context: Context, start: Value, stop: Value) -> Value:
    """``from:to``."""
    low = context.known(start, "where a range starts", 0)
    high = context.known(stop, "where a range ends", 1)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Refusal("G103", f"a range cannot go from {low!r} to {high!r}")
    count = bounded(math.floor(abs(high - low) + 1e-10) + 1)
    step = 1 if high >= low else -1
    if low.is_integer():
        return _plain([_whole(context, low + step * i) for i in range(count)], context)
    return _progression(context, context.node(start), context.builder.const(step), count)


def _whole(context: Context, number: float) -> Atom:
    """An R integer."""
    return Whole(context.builder.const(number))


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
        raise context.unknown_length(context.node(value))
    return count


def numbered(context: Context, count: Value) -> Value:
    """``seq_len(n)``."""
    length = bounded(context.known(count, "the length of a sequence", 0), 0)
    return _plain([_whole(context, i) for i in range(1, length + 1)], context)


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
    return _plain([_whole(context, low + by * i) for i in range(count)], context)


def reverse(context: Context, x: Value) -> Value:
    """``rev(x)``."""
    if isinstance(x, Items):
        return Items(x.values[::-1], x.names[::-1] if x.names else None)
    if isinstance(x, Expressions):
        return Expressions(x.quoted[::-1])
    names = x.names[::-1] if isinstance(x, Elements) and x.names else None
    return vector_of(context.atoms(x, 0)[::-1], names)


def length(context: Context, x: Value) -> Value:
    """``length(x)``, a number where it is known."""
    if isinstance(x, (Quoted, Formula)):
        x = x.call if isinstance(x, Formula) else x
        return _whole(context, language.length_of(context, x))
    count = context.length_of(x)
    if count is None:
        return context.builder.length(context.node(x))
    return _whole(context, count)


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


def as_list(context: Context, x: Value, dots: Dots) -> Value:
    """``as.list(x)``."""
    if isinstance(x, Items):
        return Items(x.values, x.names)
    if isinstance(x, Expressions):
        return Items(x.quoted)
    expression = language.expression_of(context, x)
    if expression is not None:
        return Items(tuple(language.parts_of(context, expression)))
    names = x.names if isinstance(x, Elements) else None
    return Items(context.atoms(x, 0), names)


def vector(context: Context, mode: Value, count: Value) -> Value:
    """``vector(mode, length)``."""
    sort = "logical" if mode is ABSENT else context.flat(mode, "the mode of a vector", 0)
    if sort == "list":
        size = 0.0 if count is ABSENT else context.known(count, "the length of a list", 1)
        return Items((NULL,) * bounded(size, 1))
    items: dict[str, Atom] = {
        "character": context.made(""),
        "logical": False,
        "numeric": context.builder.const(0.0),
        "double": context.builder.const(0.0),
        "integer": _whole(context, 0.0),
    }
    if sort not in items:
        raise Refusal("G104", f"there are no vectors of mode '{sort}' here", None, 0)
    return _filled(context, count, items[sort])


def characters(context: Context, count: Value) -> Value:
    """``character(n)``: empty texts."""
    return _filled(context, count, context.made(""))


def integers(context: Context, count: Value) -> Value:
    """``integer(n)``: zeros."""
    return _filled(context, count, _whole(context, 0.0))


def unlist(context: Context, x: Value, recursive: Value, names: Value) -> Value:
    """``unlist(x)``: the elements of a list, and of the lists in it, as one vector."""
    if not isinstance(x, Items):
        return x
    plain = names is not ABSENT and not context.flag(names, "'use.names'")
    labels: Sequence[str | None] = x.names or (None,) * len(x.values)
    parts: list[tuple[str | None, Value]] = []
    pending: list[tuple[str | None, Value]] = list(zip(labels, x.values, strict=True))[::-1]
    while pending:
        label, value = pending.pop()
        if not isinstance(value, Items):
            parts.append((None if plain else label, value))
            continue
        inner = value.names or ("",) * len(value.values)
        dotted = _combined_names(label or "", inner, len(value.values))
        pending += list(zip(dotted, value.values, strict=True))[::-1]
    whole = combine(context, Dots(tuple(parts)))
    if plain and isinstance(whole, Elements):
        return vector_of(whole.items)
    return whole


def same(context: Context, x: Value) -> Value:
    """``identity(x)``, ``I(x)``, ``invisible(x)``."""
    return NULL if x is ABSENT else x


def bare(context: Context, x: Value, mode: Value) -> Value:
    """``as.vector(x)``: without names and dimensions."""
    if mode not in (ABSENT,) and context.flat(mode, "the mode of a vector", 1) != "any":
        raise Refusal("G104", "as.vector() to another mode is not available", None, 1)
    return vector_of(x.items) if isinstance(x, Elements) else x


def as_number(context: Context, x: Value) -> Value:
    """``as.numeric(x)``; of text where it is a number."""
    if isinstance(x, Items):
        x = unlist(context, x, ABSENT, ABSENT)
    atoms = x.items if isinstance(x, Elements) else (x,)
    if any(isinstance(atom, Text) for atom in atoms):
        return vector_of([_read_number(context, atom) for atom in context.atoms(x, 0)])
    if isinstance(x, Elements):
        return vector_of([int(a) if isinstance(a, Whole) else a for a in x.items])
    if isinstance(x, Whole):
        return int(x)
    return context.elementwise(context.builder.real, [x])


_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)\s*")


def _read_number(context: Context, atom: Atom) -> Atom:
    if not isinstance(atom, Text):
        return atom
    text = context.written_out(atom)
    return context.builder.const(float(text)) if _NUMBER.fullmatch(text) else NA


def as_whole(context: Context, x: Value) -> Value:
    """``as.integer(x)``."""
    numbers = as_number(context, x)
    cut = context.elementwise(lambda node: context.builder.apply("trunc", (node,)), [numbers])
    if isinstance(cut, Elements):
        return vector_of([context.whole_number(a) for a in cut.items])  # type: ignore[misc]
    return context.whole_number(cut)


def names(context: Context, x: Value) -> Value:
    """``names(x)``."""
    own = x.names if isinstance(x, (Elements, Items)) else None
    if isinstance(x, Closure):
        own = None
    return NULL if own is None else Elements([context.made(name) for name in own])


def set_names(context: Context, x: Value, value: Value) -> Value:
    """What ``x`` is after ``names(x) <- value``; also ``setNames``."""
    labels: tuple[str, ...] | None = None
    if value not in (NULL, ABSENT):
        given = [context.as_characters(item, 1) for item in context.atoms(value, 1)]
        count = context.length_of(x) or 0
        if len(given) > count:
            raise Refusal("G201", f"{len(given)} names do not fit {count} elements", None, 1)
        labels = (*given, *["NA"] * (count - len(given)))
    if isinstance(x, Items):
        return Items(x.values, labels, x.is_frame)
    return vector_of(context.atoms(x, 0), labels)


def unname(context: Context, x: Value) -> Value:
    """``unname(x)``."""
    return set_names(context, x, NULL)


def append(context: Context, x: Value, values: Value, after: Value) -> Value:
    """``append(x, values)``."""
    if after is ABSENT:
        return combine(context, Dots(((None, x), (None, values))))
    place = context.whole(after, "'after'", 2)
    old: Sequence[Value] = x.values if isinstance(x, Items) else context.atoms(x, 0)
    parts = [(None, v) for v in (*old[:place], values, *old[place:])]
    return combine(context, Dots(tuple(parts)))


def head(context: Context, x: Value, n: Value) -> Value:
    """``head(x, n)``."""
    return _end(context, x, n, from_start=True)


def tail(context: Context, x: Value, n: Value) -> Value:
    """``tail(x, n)``."""
    return _end(context, x, n, from_start=False)


def _end(context: Context, x: Value, n: Value, *, from_start: bool) -> Value:
    parts: Sequence[Value] = x.values if isinstance(x, Items) else context.atoms(x, 0)
    wanted = 6 if n is ABSENT else context.whole(n, "'n'", 1)
    count = max(0, len(parts) + wanted) if wanted < 0 else min(wanted, len(parts))
    places = slice(0, count) if from_start else slice(len(parts) - count, None)
    labels = x.names[places] if isinstance(x, (Items, Elements)) and x.names else None
    if isinstance(x, Items):
        return Items(x.values[places], labels)
    return vector_of(context.atoms(x, 0)[places], labels)


def is_null(context: Context, x: Value) -> Value:
    """``is.null(x)``."""
    return x is NULL


def is_na(context: Context, x: Value) -> Value:
    """``is.na(x)`` of what is known."""
    missing = [atom is NA for atom in context.atoms(x, 0)]
    return vector_of(missing, x.names if isinstance(x, Elements) else None)


def known(context: Context, x: Value) -> Value:
    """Whether ``x`` is one number whose value is known at compile time."""
    if isinstance(x, bool):
        return True
    return isinstance(x, int) and context.constants.value(x) is not None


def refuse(context: Context, message: Value) -> Value:
    """End with a diagnostic at the call of the prelude's function."""
    raise Refusal("G103", context.flat(message, "a message"))


def stop(context: Context, dots: Dots) -> Value:
    """``stop(…)``: the model's own complaint."""
    words = "".join(
        context.written_out(value) for _, value in dots.items if isinstance(value, Text)
    )
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
    ("unlist", "x recursive? use.names?", unlist),
    ("as.list", "x ...", as_list),
    ("vector", "mode? length?", vector),
    ("character", "length?", characters),
    ("integer", "length?", integers),
    ("names", "x", names),
    ("names<-", "x value", set_names),
    ("setNames", "object nm", set_names),
    ("unname", "obj", unname),
    ("append", "x values after?", append),
    ("head", "x n?", head),
    ("tail", "x n?", tail),
    ("identity", "x", same),
    ("I", "x", same),
    ("as.numeric", "x", as_number),
    ("as.double", "x", as_number),
    ("as.vector", "x mode?", bare),
    ("as.integer", "x", as_whole),
    ("is.null", "x", is_null),
    ("is.na", "x", is_na),
    ("stop", "...", stop),
)


def rounded(context: Context, x: Value, digits: Value) -> Value:
    """Known numbers rounded to decimal places as R rounds them."""
    from gradc.text.rounding import r_round

    places = context.whole(digits, "'digits'", 1)
    done: list[Atom] = []
    for atom in context.atoms(x, 0):
        number = context.number(atom)
        if number is None:
            message = "round() to decimal places works on known numbers: it rounds in decimal"
            raise Refusal("G103", message)
        done.append(context.builder.const(r_round(number, places)))
    return vector_of(done, x.names if isinstance(x, Elements) else None)


PRELUDE_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("rounded", "x digits", rounded),
    ("known", "x", known),
    ("refuse", "message", refuse),
)

PYTHON_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("range", "start stop? step?", python_range),
    ("arange", "start stop? step?", python_range),
    ("int", "x", as_whole),
)
