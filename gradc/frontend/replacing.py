"""Indexed assignment: what a vector is once some of its elements are set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from gradc.frontend import assembly
from gradc.frontend.context import Context
from gradc.frontend.gathering import set_first
from gradc.frontend.lists import replace_in_list
from gradc.frontend.positions import positions, unknown_choice
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Elements,
    Evaluated,
    Filled,
    Formula,
    Items,
    Quoted,
    Refusal,
    Special,
    Value,
)
from gradc.frontend.vectors import bounded, fitted, of_one_sort
from gradc.syntax.rope import Text


def replace(context: Context, x: Value, index: Value, value: Value, single: bool) -> Value:
    """What ``x`` is after ``x[index] <- value``."""
    if isinstance(index, Elements) and len(index) == 1:
        index = index.at(0)
    over_data = _set_in_data(context, x, index, value)
    return _replaced(context, x, index, value, single) if over_data is None else over_data


def _replaced(context: Context, x: Value, index: Value, value: Value, single: bool) -> Value:
    plain = (int, bool, Text, Elements, Special, Evaluated)
    if isinstance(x, (Quoted, Formula)):
        return assembly.replace_part(context, x, index, value)
    if x is NULL and single and isinstance(index, Text):
        x = Items(())
    if isinstance(x, Items) or not isinstance(value, plain) or not isinstance(x, plain):
        return replace_in_list(context, x, index, value, single)
    if isinstance(index, Text) or (
        isinstance(index, Elements) and any(isinstance(i, Text) for i in index.items)
    ):
        return _replace_named(context, x, index, value)
    chosen = _conditionally(context, x, index, value)
    if chosen is not None:
        return chosen
    if not isinstance(x, Elements):
        x = Elements(context.atoms(NULL if x is ABSENT else x, 0))
    places = positions(context, index, len(x), x.names)
    given: Sequence[Atom] = context.atoms(value)
    is_mask = isinstance(index, Elements) and all(context.is_logical(i) for i in index.items)
    if isinstance(index, Elements) and is_mask and all(isinstance(i, Text) for i in given):
        x = _lengthened(x, len(index), given)
    if not places:
        return x
    if not given or len(places) % len(given):
        raise Refusal("G201", f"{len(given)} values do not fill {len(places)} places")
    context.spend(len(places))
    x, given = fitted(context, x, given)
    for k, place in enumerate(places):
        if place < 0:
            raise Refusal("G201", "an index starts at 1", None, 1)
        if place > len(x):
            x = _lengthened(x, place, given)
        names = x.names
        x = x.replaced(place, given[k % len(given)])
        if names is not None and x.names is None:
            x = Elements(x.items, (*names, ""))
    bounded(len(x))
    return x.at(0) if len(x) == 1 and not x.names else x


def _set_in_data(context: Context, x: Value, index: Value, value: Value) -> Value | None:
    """What an assignment does to a vector whose length, or whose place, only the data tell."""
    if not isinstance(x, Filled):
        return set_first(context, x, index, value)
    place = context.node(index, 1)
    if x.index not in (None, place):
        raise Refusal("G104", "a turn of a loop over data sets one element of a vector", None, 1)
    return dataclasses.replace(x, index=place, value=context.builder.real(context.node(value)))


def _lengthened(x: Elements, count: int, given: Sequence[Atom]) -> Elements:
    """The vector with NA behind its end, as R fills texts up; numbers are not left empty."""
    if count <= len(x):
        return x
    if not all(isinstance(item, Text) for item in given):
        raise Refusal("G201", _beyond(count, len(x)), None, 1)
    bounded(count)
    for _ in range(count - len(x)):
        x = x.replaced(len(x), NA)
    return x


def _replace_named(context: Context, x: Value, index: Value, value: Value) -> Value:
    """``x["a"] <- value``: an element of that name, which may be new."""
    items = list(context.atoms(NULL if x is ABSENT else x, 0))
    names = list(x.names or [""] * len(items)) if isinstance(x, Elements) else [""] * len(items)
    given = context.atoms(value)
    wanted = [context.as_characters(item, 1) for item in context.atoms(index, 1)]
    if not given or len(wanted) % len(given):
        raise Refusal("G201", f"{len(given)} values do not fill {len(wanted)} places")
    for k, name in enumerate(wanted):
        if name not in names:
            names.append(name)
            items.append(NA)
        items[names.index(name)] = given[k % len(given)]
    return Elements(of_one_sort(context, items), tuple(names))


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
    if isinstance(x, Elements) and not isinstance(index, Elements):
        raise unknown_choice(context, items)
    if context.length_of(index) != context.length_of(x):
        raise Refusal("G201", "the condition and the vector have different lengths", None, 1)
    return context.elementwise(context.builder.select, [index, value, x])


def _is_vector(context: Context, item: Atom) -> bool:
    return item.__class__ is int and bool(context.graph.types[item].shape)
