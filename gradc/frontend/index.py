"""Indexing and indexed assignment by what is known at compile time."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Dots,
    Elements,
    Items,
    Refusal,
    Special,
    Value,
    describe,
)
from gradc.frontend.vectors import bounded


def positions(
    context: Context,
    index: Value,
    count: int | None,
    names: Sequence[str] | None,
) -> list[int]:
    """The places that an R index means, from 0; ``count`` elements are there."""
    if index is ABSENT:
        if count is None:
            raise Refusal("G104", "the length of this vector is known only when the data arrive")
        return list(range(count))
    items = context.atoms(index, 1)
    if items and all(isinstance(item, str) for item in items):
        return [_named(str(item), names) for item in items]
    if items and all(context.is_logical(item) for item in items):
        return _masked(context, items, count)
    numbers = [context.whole(item, "an index", 1) for item in items]
    negative = sum(number < 0 for number in numbers)
    if not negative:
        return [number - 1 for number in numbers if number]
    if negative + numbers.count(0) != len(numbers):
        raise Refusal("G103", "an index cannot mix places and exclusions", None, 1)
    if count is None:
        raise Refusal("G104", "the length of this vector is known only when the data arrive")
    excluded = {-number - 1 for number in numbers}
    return [k for k in range(count) if k not in excluded]


def _named(name: str, names: Sequence[str] | None) -> int:
    if not names or name not in names:
        raise Refusal("G103", f"there is no element named '{name}'", None, 1)
    return names.index(name)


def _masked(context: Context, items: Sequence[Atom], count: int | None) -> list[int]:
    truths = [context.truth(item) for item in items]
    if None in truths:
        raise Refusal(
            "G104",
            "which elements are chosen must be known when the model is compiled",
            "ifelse() chooses element by element",
            1,
        )
    length = len(truths) if count is None else max(count, len(truths))
    return [k for k in range(length) if truths[k % len(truths)]]


def take(context: Context, x: Value, dots: Dots, drop: Value, exact: Value) -> Value:
    """``x[i]``."""
    index = _one_index(dots)
    if isinstance(x, Items):
        places = _inside(positions(context, index, len(x.values), x.names), len(x.values))
        kept = tuple(x.names[k] for k in places) if x.names else None
        return Items(tuple(x.values[k] for k in places), kept)
    count = context.length_of(x)
    if x.__class__ is int and context.graph.types[x].shape:
        places = _inside(positions(context, index, count, None), count)
        bounded(len(places))
        b = context.builder
        return vector_of([b.index(context.node(x), k + 1) for k in places])
    names = x.names if isinstance(x, Elements) else None
    places = _inside(positions(context, index, count, names), count)
    if isinstance(x, Elements) and len(places) == 1:
        return x.at(places[0])
    atoms = context.atoms(x, 0)
    kept = tuple(names[k] for k in places) if names else None
    return vector_of([atoms[k] for k in places], kept)


def _one_index(dots: Dots) -> Value:
    if len(dots.items) != 1:
        raise Refusal("G104", "matrices are not available yet: an index has one part")
    return dots.items[0][1]


def _inside(places: list[int], count: int | None) -> list[int]:
    for place in places:
        if place < 0 or (count is not None and place >= count):
            raise _outside(place + 1, count)
    return places


def _outside(index: int, count: int | None) -> Refusal:
    there = "there is 1 element" if count == 1 else f"there are {count} elements"
    hint = "if this is a vector, give its values as a list with --at" if count == 1 else None
    return Refusal("G201", f"index {index} is outside: {there}", hint, 1)


def element(context: Context, x: Value, dots: Dots, exact: Value) -> Value:
    """``x[[i]]``."""
    index = _one_index(dots)
    if not isinstance(x, Items):
        value = take(context, x, dots, ABSENT, ABSENT)
        if context.length_of(value) != 1:
            raise Refusal("G201", "'[[' takes one element", None, 1)
        return value
    places = _inside(positions(context, index, len(x.values), x.names), len(x.values))
    if len(places) != 1:
        raise Refusal("G201", "'[[' takes one element", None, 1)
    return x.values[places[0]]


def field(x: Value, name: str) -> Value:
    """``x$name``, NULL where a list has no such element."""
    if not isinstance(x, Items):
        raise Refusal("G202", f"'$' takes an element out of a list, and this is {describe(x)}")
    if x.names and name in x.names:
        return x.values[x.names.index(name)]
    return NULL


def python_take(context: Context, x: Value, dots: Dots) -> Value:
    """Python's ``x[i]``."""
    return element_or_vector(context, x, python_index(context, x, _one_index(dots)))


def python_index(context: Context, x: Value, index: Value) -> Value:
    """R's index for Python's, which counts from 0 and, where negative, from the end."""
    if isinstance(index, Items):
        return _slice(context, index, context.length_of(x))
    if isinstance(index, Elements):
        if all(context.is_logical(item) for item in index.items):
            return index
        raise Refusal("G104", "a list of places as an index is not available", None, 1)
    if isinstance(index, bool) or context.is_logical(_atom(index)):
        return index
    place = context.whole(index, "an index", 1)
    if place < 0:
        count = context.length_of(x)
        if count is None:
            raise Refusal("G104", "the length of this vector is known only when the data arrive")
        place += count
        if place < 0:
            raise _outside(place - count, count)
    count = context.length_of(x)
    if count is not None and place >= count:
        raise _outside(place, count)
    return context.builder.const(place + 1.0)


def element_or_vector(context: Context, x: Value, index: Value) -> Value:
    """Elements of a list, or of a vector, by R's index."""
    dots = Dots(((None, index),))
    if isinstance(x, Items) and not isinstance(index, Elements):
        return element(context, x, dots, ABSENT)
    return take(context, x, dots, ABSENT, ABSENT)


def _atom(value: Value) -> Atom:
    return value if isinstance(value, (int, str, Special)) else NA


def python_slice(context: Context, start: Value, stop: Value, step: Value) -> Value:
    """``a:b:c`` inside brackets; its meaning depends on the vector."""
    return Items((start, stop, step))


def _slice(context: Context, parts: Items, count: int | None) -> Value:
    if count is None:
        raise Refusal("G104", "the length of this vector is known only when the data arrive")
    bounds = [
        None if part in (ABSENT, NULL) else context.whole(part, "a slice", 1)
        for part in parts.values
    ]
    if bounds[2] == 0:
        raise Refusal("G103", "the step of a slice cannot be 0", None, 1)
    places = range(count)[slice(*bounds)]
    return Elements(tuple(context.builder.const(place + 1.0) for place in places))


def replace(context: Context, x: Value, index: Value, value: Value, single: bool) -> Value:
    """What ``x`` is after ``x[index] <- value``."""
    if isinstance(x, Items) or isinstance(value, Items):
        return _replace_in_list(context, x, index, value, single)
    chosen = _conditionally(context, x, index, value)
    if chosen is not None:
        return chosen
    if not isinstance(x, Elements):
        x = Elements(context.atoms(NULL if x is ABSENT else x, 0))
    places = positions(context, index, len(x), x.names)
    given = context.atoms(value)
    if not places:
        return x
    if not given or len(places) % len(given):
        raise Refusal("G201", f"{len(given)} values do not fill {len(places)} places")
    context.spend(len(places))
    for k, place in enumerate(places):
        if not 0 <= place <= len(x):
            there = "an index starts at 1" if place < 0 else _beyond(place, len(x))
            raise Refusal("G201", there, None, 1)
        x = x.replaced(place, given[k % len(given)])
    bounded(len(x))
    return x.at(0) if len(x) == 1 and not x.names else x


def _beyond(place: int, count: int) -> str:
    return f"place {place + 1} is beyond the end, and would leave {place - count} places empty"


def _conditionally(context: Context, x: Value, index: Value, value: Value) -> Value | None:
    """``x[x > 0] <- value`` where only the inputs tell which elements are meant."""
    items: Sequence[Atom]
    if isinstance(index, Elements):
        items = index.items
    else:
        items = (index,) if isinstance(index, int) else ()
    if not items or not all(context.is_logical(item) for item in items):
        return None
    vectors = any(_is_vector(context, item) for item in items)
    if not vectors and all(context.number(item) is not None for item in items):
        return None
    if context.length_of(value) != 1:
        raise Refusal(
            "G104", "where only the data tell which places are filled, one value fills them"
        )
    if context.length_of(index) != context.length_of(x):
        raise Refusal("G201", "the condition and the vector have different lengths", None, 1)
    return context.elementwise(context.builder.select, [index, value, x])


def _is_vector(context: Context, item: Atom) -> bool:
    return item.__class__ is int and bool(context.graph.types[item].shape)


def _replace_in_list(context: Context, x: Value, index: Value, value: Value, single: bool) -> Value:
    if not isinstance(x, Items):
        x = Items(tuple(context.atoms(x, 0)) if x is not ABSENT else ())
    values, names = list(x.values), list(x.names or [""] * len(x.values))
    if isinstance(index, str) and index not in names:
        places = [len(values)]
        names.append(index)
    else:
        places = positions(context, index, len(values), names)
    if len(places) != 1:
        raise Refusal("G104", "one element of a list can be set at a time", None, 1)
    place = places[0]
    if not 0 <= place <= len(values):
        raise Refusal("G201", _beyond(place, len(values)), None, 1)
    if not single and isinstance(value, Items) and len(value.values) == 1:
        value = value.values[0]
    names += [""] * (place + 1 - len(names))
    values[place : place + 1] = [value]
    return Items(tuple(values), tuple(names) if any(names) else None)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[", "x ... drop? exact?", take),
    ("[[", "x ... exact?", element),
)

PYTHON_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[", "x ...", python_take),
    (":", "start? stop? step?", python_slice),
)
