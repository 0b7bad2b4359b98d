"""Lists and names: ``list``, ``unlist``, ``names``, the ends of vectors."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend import assembly, language
from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.matrices import dimensions
from gradc.frontend.positions import positions
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Closure,
    Dots,
    Elements,
    Expressions,
    Items,
    Refusal,
    Value,
)
from gradc.frontend.vectors import _combined_names, bounded, combine
from gradc.syntax.rope import Text


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
    names = x.names if isinstance(x, Elements) and x.names else (None,) * len(old)
    parts = [(name or None, value) for name, value in zip(names, old, strict=True)]
    return combine(context, Dots((*parts[:place], (None, values), *parts[place:])))


def head(context: Context, x: Value, n: Value) -> Value:
    """``head(x, n)``."""
    return _end(context, x, n, from_start=True)


def tail(context: Context, x: Value, n: Value) -> Value:
    """``tail(x, n)``."""
    return _end(context, x, n, from_start=False)


def _end(context: Context, x: Value, n: Value, *, from_start: bool) -> Value:
    if dimensions(context, x) is not None:
        raise Refusal("G104", "the first or last rows of a matrix are taken by an index", None, 0)
    parts: Sequence[Value] = x.values if isinstance(x, Items) else context.atoms(x, 0)
    wanted = 6 if n is ABSENT else context.whole(n, "'n'", 1)
    count = max(0, len(parts) + wanted) if wanted < 0 else min(wanted, len(parts))
    places = slice(0, count) if from_start else slice(len(parts) - count, None)
    labels = x.names[places] if isinstance(x, (Items, Elements)) and x.names else None
    if isinstance(x, Items):
        return Items(x.values[places], labels)
    return vector_of(context.atoms(x, 0)[places], labels)


def _replace_several(
    context: Context, x: Items, places: list[int], value: Value, single: bool
) -> Value:
    """``x[c(1, 3)] <- values`` of a list."""
    given: Sequence[Value] = value.values if isinstance(value, Items) else context.atoms(value)
    if single or not given or len(places) % len(given):
        raise Refusal("G201", f"{len(given)} values do not fill {len(places)} places", None, 1)
    changed = x
    for k, place in enumerate(places):
        at = context.builder.const(place + 1.0)
        done = replace_in_list(context, changed, at, given[k % len(given)], True)
        changed = done if isinstance(done, Items) else changed
    return changed


def replace_in_list(context: Context, x: Value, index: Value, value: Value, single: bool) -> Value:
    """``x[[i]] <- value`` of a list, or what makes a list of a vector."""
    if isinstance(x, Expressions):
        return assembly.replace_expression(context, x, index, value)
    if not isinstance(x, Items):
        atoms = context.atoms(x, 0) if x is not ABSENT else ()
        x = Items(atoms, x.names if isinstance(x, Elements) else None)
    context.spend(1 + len(x.values) // 50)  # what copying it takes
    values, names = list(x.values), list(x.names or [""] * len(x.values))
    name = context.written_out(index) if isinstance(index, Text) else None
    if name is not None and name not in names:
        places = [len(values)]
        names.append(name)
    else:
        places = positions(context, index, len(values), names)
    if len(places) != 1:
        return _replace_several(context, x, places, value, single)
    place = places[0]
    if place < 0:
        raise Refusal("G201", "an index starts at 1", None, 1)
    if value is NULL and place < len(values):
        del values[place : place + 1], names[place : place + 1]
        return Items(tuple(values), tuple(names) if any(names) else None, x.is_frame)
    bounded(place + 1, 1)
    values += [NULL] * (place - len(values))
    names += [""] * (place - len(names))
    if not single and isinstance(value, Items) and len(value.values) == 1:
        value = value.values[0]
    names += [""] * (place + 1 - len(names))
    values[place : place + 1] = [value]
    return Items(tuple(values), tuple(names) if any(names) else None, x.is_frame)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("list", "...", make_list),
    ("unlist", "x recursive? use.names?", unlist),
    ("as.list", "x ...", as_list),
    ("names", "x", names),
    ("names<-", "x value", set_names),
    ("setNames", "object nm", set_names),
    ("unname", "obj", unname),
    ("append", "x values after?", append),
    ("head", "x n?", head),
    ("tail", "x n?", tail),
)
