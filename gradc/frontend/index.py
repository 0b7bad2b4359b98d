"""Indexing and indexed assignment by what is known at compile time."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend import assembly, binding, language
from gradc.frontend.actions import Native
from gradc.frontend.columns import plain
from gradc.frontend.context import Context, vector_of
from gradc.frontend.gathering import gather
from gradc.frontend.matrices import take_cells
from gradc.frontend.positions import (
    inside,
    outside,
    positions,
    unknown_length,
)
from gradc.frontend.python.objects import object_item
from gradc.frontend.python.sharing import View
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Column,
    Dots,
    Elements,
    Evaluated,
    Expressions,
    Filled,
    Formula,
    Items,
    Known,
    Listing,
    Mapped,
    NeedsKnown,
    Outcome,
    Quoted,
    Refusal,
    Special,
    Value,
    describe,
)
from gradc.frontend.vectors import bounded
from gradc.syntax.rope import Text, paste


def take(context: Context, x: Value, dots: Dots, drop: Value, exact: Value) -> Value:
    """``x[i]``, ``x[i, j]``."""
    if isinstance(x, Evaluated):
        x = x.value
    if len(dots.items) == 2:
        rows, columns = (value for _, value in dots.items)
        if x.__class__ is int or isinstance(x, Column):
            return binding.take_cells(context, x, rows, columns, drop)
        return take_cells(context, x, rows, columns, drop)
    index = _one_index(dots)
    cells = binding.take_single_cells(context, x, index)
    if cells is not None:
        return cells
    x = plain(x)
    if isinstance(x, (Quoted, Formula, Expressions)):
        return assembly.take(context, x, index)
    if isinstance(x, Items):
        places = inside(positions(context, index, len(x.values), x.names), len(x.values))
        kept = tuple(x.names[k] for k in places) if x.names else None
        return Items(tuple(x.values[k] for k in places), kept, x.is_frame)
    if isinstance(x, Filled):
        return context.element_of(x, context.node(index, 1))
    return _of_vector(context, x, index)


def _of_vector(context: Context, x: Value, index: Value) -> Value:
    """Elements of a vector by one index."""
    count = context.length_of(x)
    gathered = gather(context, x, index)
    if gathered is not None:
        return gathered
    if x.__class__ is int and context.graph.types[x].shape:
        places = inside(positions(context, index, count, None, x), count)
        if count is None:
            _need_length(context, x)
        bounded(len(places))
        b = context.builder
        return vector_of([b.index(context.node(x), k + 1) for k in places])
    if x is NULL:
        return NULL
    names = x.names if isinstance(x, Elements) else None
    if isinstance(x, Text):
        x = Elements([x])
    if isinstance(x, Elements) and names is not None and _are_texts(index):
        return _by_name(context, x, names, index)
    places = positions(context, index, count, names)
    if isinstance(x, Elements) and count is not None and max(places, default=-1) >= count:
        return _beyond_end(context, x, places, count)
    inside(places, count)
    if isinstance(x, Elements) and len(places) == 1:
        return _one(context, x.at(places[0]), names[places[0]] if names else None)
    atoms = context.atoms(x, 0)
    kept = tuple(names[k] for k in places) if names else None
    return vector_of([atoms[k] for k in places], kept)


def _are_texts(index: Value) -> bool:
    items = index.items if isinstance(index, Elements) else (index,)
    return bool(items) and all(isinstance(item, Text) for item in items)


def _by_name(context: Context, x: Elements, names: Sequence[str], index: Value) -> Value:
    """Elements by their names; of a vector of texts one that is not there is NA."""
    wanted = [context.as_characters(item) for item in context.atoms(index, 1)]
    absent = [name for name in wanted if name not in names]
    if absent and not any(isinstance(item, Text) for item in x.items):
        raise Refusal("G103", f"there is no element named '{absent[0]}'", None, 1)
    found = [x.at(names.index(name)) if name in names else NA for name in wanted]
    labels = tuple(name if name in names else "NA" for name in wanted)
    return _one(context, found[0], labels[0]) if len(found) == 1 else vector_of(found, labels)


def _one(context: Context, item: Atom, name: str | None) -> Value:
    """A single element with its name; what only the inputs tell is a number without one."""
    is_open = isinstance(item, int) and context.number(item) is None
    return item if name is None or is_open or context.is_python else Elements([item], (name,))


def _beyond_end(context: Context, x: Elements, places: list[int], count: int) -> Value:
    """Elements of a vector of texts that are not there are NA; of numbers they are an error."""
    if count and not any(isinstance(item, Text) for item in x.items):
        inside(places, count)
    return vector_of([x.at(k) if 0 <= k < count else NA for k in places])


def _need_length(context: Context, x: int) -> None:
    """A single element of data that have a default: their length is that of the default."""
    refusal = context.unknown_length(x)
    if isinstance(refusal, NeedsKnown):
        raise refusal


def _one_index(dots: Dots) -> Value:
    if not dots.items:
        return ABSENT
    if len(dots.items) != 1:
        raise Refusal("G104", "arrays of more than two dimensions are not available")
    return dots.items[0][1]


def element(context: Context, x: Value, dots: Dots, exact: Value) -> Value:
    """``x[[i]]``."""
    if len(dots.items) == 2:
        return take(context, x, dots, ABSENT, ABSENT)
    index = _one_index(dots)
    if isinstance(index, Elements) and len(index) == 1:
        index = index.at(0)
    if isinstance(x, (Quoted, Formula, Expressions)):
        return language.element(context, x, index)
    if isinstance(x, Items) and isinstance(index, Text):
        return field(x, context.written_out(index), exact=True)
    if not isinstance(x, Items):
        value = take(context, x, dots, ABSENT, ABSENT)
        if isinstance(value, Elements) and len(value) == 1:
            value = value.at(0)
        if value is NA and isinstance(x, (Text, Elements)):
            raise Refusal("G201", "there is no such element", None, 1)
        if context.length_of(value) != 1:
            raise Refusal("G201", "'[[' takes one element", None, 1)
        return value
    places = inside(positions(context, index, len(x.values), x.names), len(x.values))
    if len(places) != 1:
        raise Refusal("G201", "'[[' takes one element", None, 1)
    return x.values[places[0]]


def field(x: Value, name: str, *, exact: bool = False) -> Value:
    """``x$name``, by the beginning of a name where that is one only; else NULL.

    ``x[["name"]]`` is ``exact``.
    """
    if isinstance(x, Outcome):
        return x
    if not isinstance(x, Items):
        raise Refusal("G202", f"'$' takes an element out of a list, and this is {describe(x)}")
    if x.names and name in x.names:
        return x.values[x.names.index(name)]
    if exact:
        return NULL
    longer = [k for k, known in enumerate(x.names or ()) if known and known.startswith(name)]
    return x.values[longer[0]] if len(longer) == 1 else NULL


def python_take(context: Context, x: Value, dots: Dots) -> Value:
    """Python's ``x[i]``."""
    if isinstance(x, (Listing, Mapped)):
        indices = [value for _, value in dots.items]
        if len(indices) == 1:
            return object_item(context, x, indices[0])
        return object_item(context, x, Listing(indices, is_tuple=True))
    if isinstance(x, Text):
        return _characters(context, x, _one_index(dots))
    if isinstance(x, Known):
        from gradc.frontend.python.patterns import taken

        return taken(context, x, _one_index(dots))
    if isinstance(x, Outcome):
        return x
    index = _one_index(dots)
    part = element_or_vector(context, x, python_index(context, x, index))
    if isinstance(index, Items) and isinstance(part, Elements) and part.dim is None:
        return View(part.items, part.names)
    return part


def python_index(context: Context, x: Value, index: Value) -> Value:
    """R's index for Python's, which counts from 0 and, where negative, from the end."""
    if isinstance(index, Items):
        return _slice(context, index, x)
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
            raise unknown_length(context, x)
        place += count
        if place < 0:
            raise outside(place - count, count)
    count = context.length_of(x)
    if count is not None and place >= count:
        raise outside(place, count)
    return context.builder.const(place + 1.0)


def _characters(context: Context, x: Text, index: Value) -> Value:
    """A character of a text, or a slice of it."""
    letters = Listing([context.made(c) for c in context.written_out(x)])
    found = object_item(context, letters, index)
    if not isinstance(found, Listing):
        return found
    return paste([c for c in found.items if isinstance(c, Text)], context.here())


def element_or_vector(context: Context, x: Value, index: Value) -> Value:
    """Elements of a list, or of a vector, by R's index."""
    dots = Dots(((None, index),))
    if isinstance(x, Items) and not isinstance(index, Elements):
        return element(context, x, dots, ABSENT)
    return take(context, x, dots, ABSENT, ABSENT)


def _atom(value: Value) -> Atom:
    return value if isinstance(value, (int, Text, Special)) else NA


def python_slice(context: Context, start: Value, stop: Value, step: Value) -> Value:
    """``a:b:c`` inside brackets; its meaning depends on the vector."""
    return Items((start, stop, step))


def _slice(context: Context, parts: Items, x: Value) -> Value:
    count = context.length_of(x)
    if count is None:
        raise unknown_length(context, x)
    bounds = [
        None if part in (ABSENT, NULL) else context.whole(part, "a slice", 1)
        for part in parts.values
    ]
    if bounds[2] == 0:
        raise Refusal("G103", "the step of a slice cannot be 0", None, 1)
    places = range(count)[slice(*bounds)]
    return Elements(tuple(context.builder.const(place + 1.0) for place in places))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[", "x ... drop? exact?", take),
    ("[[", "x ... exact?", element),
)

PYTHON_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[", "x ...", python_take),
    (":", "start? stop? step?", python_slice),
)
