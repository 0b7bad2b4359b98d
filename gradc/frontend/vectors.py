"""Functions that make and take apart vectors: ``c``, ``rep``, ``seq``, ``rev`` and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gradc.frontend import language
from gradc.frontend.actions import Action, Native
from gradc.frontend.context import ELEMENTS_LIMIT, Context, vector_of
from gradc.frontend.ranges import filled
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
        only = parts[0]
        return vector_of(only.items) if isinstance(only, Elements) and only.dim else only
    grown = _grown(context, dots)
    if grown is not None:
        return grown
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
    if not items:
        return Elements(()) if parts else NULL
    return vector_of(of_one_sort(context, items), tuple(names) if any(names) else None)


_SINGLE = (Quoted, Formula, Expressions, Closure, Action, Sink, Outcome)


def _grown(context: Context, dots: Dots) -> Elements | None:
    """``c(x, y, z)`` where fewer elements of its own sort come behind a vector: costs what is new.

    A script that collects names in a loop does this once for each of them.
    """
    if not dots.items:
        return None
    first = dots.items[0][1]
    if not isinstance(first, Elements) or first.names or first.dim:
        return None
    rest: list[Value] = []
    for name, value in dots.items[1:]:
        if name is not None or len(rest) > len(first):
            return None
        if isinstance(value, Elements) and not value.names and not value.dim:
            rest += value.items
        else:
            rest.append(value)
    if len(first) < max(len(rest), 1):
        return None
    sort = first.at(0).__class__
    if dots.items[0][0] is not None or sort not in (Text, int):
        return None
    if any(value.__class__ is not sort for value in rest):
        return None
    if any(isinstance(value, int) and context.length_of(value) != 1 for value in rest):
        return None
    grown = first
    for value in rest:
        grown = grown.replaced(len(grown), value)  # type: ignore[arg-type]
    context.spend(len(rest))
    bounded(len(grown))
    return grown


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


_NO_SORT, _LOGICAL, _INTEGER, _DOUBLE, _TEXT = range(-1, 4)
"""R brings the elements of a vector to the last sort of theirs in this order; NA has none."""


def _sort_of(context: Context, atom: Atom) -> int:
    if isinstance(atom, Text):
        return _TEXT
    if isinstance(atom, Special):
        return _NO_SORT
    if context.is_logical(atom):
        return _LOGICAL
    return _INTEGER if isinstance(atom, Whole) else _DOUBLE


def _raised(context: Context, atom: Atom, sort: int) -> Atom:
    """An element as one of a sort that says more."""
    if sort == _TEXT:
        return as_text(context, atom)
    if isinstance(atom, bool):
        number = context.builder.const(float(atom))
        return number if sort == _DOUBLE else Whole(number)
    if not isinstance(atom, int):
        return atom
    return int(atom) if isinstance(atom, Whole) else context.builder.real(atom)


def of_one_sort(context: Context, atoms: Sequence[Atom], least: int = _NO_SORT) -> Sequence[Atom]:
    """The elements, brought to the sort among them that says most; at least to ``least``."""
    sorts = [_sort_of(context, atom) for atom in atoms]
    top = max(least, *sorts) if sorts else least
    if all(sort in (top, _NO_SORT) for sort in sorts):
        return atoms
    return [
        atom if sort in (top, _NO_SORT) else _raised(context, atom, top)
        for atom, sort in zip(atoms, sorts, strict=True)
    ]


def fitted(context: Context, x: Elements, given: Sequence[Atom]) -> tuple[Elements, Sequence[Atom]]:
    """A vector and values for places of it, brought to one sort.

    All elements of the vector have one sort, so that the first one tells it: filling a vector
    in a loop costs no more than what is filled in.
    """
    if context.is_python:
        return x, given
    own = _NO_SORT
    for place in range(len(x)):
        own = _sort_of(context, x.at(place))
        if own != _NO_SORT:
            break
        context.spend(1)
    given = of_one_sort(context, given, own)
    top = max((_sort_of(context, atom) for atom in given), default=_NO_SORT)
    if _NO_SORT < own < top:
        context.spend(len(x))
        x = Elements(of_one_sort(context, x.items, top), x.names, x.dim)
    return x, given


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


def _plain(items: Sequence[Atom], context: Context, names: tuple[str, ...] | None = None) -> Value:
    context.spend(len(items))
    return vector_of(items, names) if items else Elements(())


def _whole(context: Context, number: float) -> Atom:
    """An R integer."""
    return Whole(context.builder.const(number))


def length(context: Context, x: Value) -> Value:
    """``length(x)``, a number where it is known."""
    if isinstance(x, (Quoted, Formula)):
        x = x.call if isinstance(x, Formula) else x
        return _whole(context, language.length_of(context, x))
    derivative = language.expression_of(context, x) if isinstance(x, Sink) else None
    if derivative is not None:
        return _whole(context, language.length_of(context, derivative))
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
    if count is not ABSENT and not isinstance(item, (bool, Text)):
        whole = filled(context, count, context.node(item))
        if whole is not None:
            return whole
    size = 0.0 if count is ABSENT else context.known(count, "the length of a vector", 0)
    return _plain([item] * bounded(size, 0), context)


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


def same(context: Context, x: Value) -> Value:
    """``identity(x)``, ``I(x)``, ``invisible(x)``."""
    return NULL if x is ABSENT else x


def complete(context: Context, x: Value) -> Value:
    """``na.omit(x)`` of what is known to have nothing missing."""
    parts = x.values if isinstance(x, Items) else (x,)
    for part in parts:
        if part is NA or (isinstance(part, Elements) and NA in part.items):
            raise Refusal("G104", "leaving out what is missing is not available", None, 0)
    return x


def bare(context: Context, x: Value, mode: Value) -> Value:
    """``as.vector(x)``: without names and dimensions."""
    if mode not in (ABSENT,) and context.flat(mode, "the mode of a vector", 1) != "any":
        raise Refusal("G104", "as.vector() to another mode is not available", None, 1)
    return vector_of(x.items) if isinstance(x, Elements) else x


def as_number(context: Context, x: Value) -> Value:
    """``as.numeric(x)``; of text where it is a number."""
    if isinstance(x, Items):
        x = combine(context, Dots(tuple((None, value) for value in x.values)))
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


def is_null(context: Context, x: Value) -> Value:
    """``is.null(x)``."""
    return x is NULL


def is_na(context: Context, x: Value) -> Value:
    """``is.na(x)`` of what is known."""
    if isinstance(x, int) and not isinstance(x, bool) and context.number(x) is None:
        return context.elementwise(lambda n: context.builder.apply("ne", (n, n)), [x])
    missing = [atom is NA for atom in context.atoms(x, 0)]
    return vector_of(missing, x.names if isinstance(x, Elements) else None)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("c", "...", combine),
    ("length", "x", length),
    ("numeric", "length?", numeric),
    ("double", "length?", numeric),
    ("logical", "length?", logical),
    ("vector", "mode? length?", vector),
    ("character", "length?", characters),
    ("integer", "length?", integers),
    ("identity", "x", same),
    ("drop", "x", same),
    ("na.omit", "object", complete),
    ("I", "x", same),
    ("as.numeric", "x", as_number),
    ("as.double", "x", as_number),
    ("as.vector", "x mode?", bare),
    ("as.integer", "x", as_whole),
    ("is.null", "x", is_null),
    ("is.na", "x", is_na),
)
