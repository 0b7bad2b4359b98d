"""Order, groups and small matrices of what is known: ``order``, ``split``, ``upper.tri``, ``diag``.

The order of texts depends on the language of the machine that R runs on, so it is followed only
where R is told to go by the characters, or where the languages in use agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.matrices import dimensions
from gradc.frontend.scope import CALL
from gradc.frontend.sorts import type_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Dots,
    Elements,
    Items,
    Refusal,
    Shape,
    Special,
    Value,
    Whole,
    describe,
)
from gradc.frontend.vectors import bounded
from gradc.syntax.rope import Text

_Key = float | str | None


def _vector(atoms: Sequence[Atom], names: tuple[str, ...] | None = None) -> Value:
    return vector_of(atoms, names) if atoms else Elements(())


def _is_set(context: Context, value: Value, what: str) -> bool:
    return value is not ABSENT and context.flag(value, what)


def _plain_vector(context: Context, x: Value, name: str, argument: int = 0) -> Sequence[Atom]:
    if isinstance(x, Items) or dimensions(context, x) is not None:
        raise Refusal("G104", f"{name}() of {describe(x)} is not available", None, argument)
    return context.atoms(x, argument)


def _number(context: Context, atom: Atom, argument: int) -> float | None:
    """A known number; None for what is missing, NaN included."""
    if atom is NA:
        return None
    number = context.known(atom, "a number that is put in order", argument)
    return None if number != number else number


# ------------------------------------------------------------------------- order


def order(context: Context, dots: Dots, na_last: Value, decreasing: Value, method: Value) -> Value:
    """``order(…)``: the places of the elements in their order; equal ones stay as they are."""
    by_characters = method is not ABSENT and context.flat(method, "'method'") == "radix"
    backwards = _is_set(context, decreasing, "'decreasing'")
    columns = [_keys(context, value, k, by_characters) for k, (_, value) in enumerate(dots.items)]
    if not columns:
        return NULL
    if any(len(column) != len(columns[0]) for column in columns):
        raise Refusal("G201", "the vectors that are put in order differ in length")
    context.spend(len(columns) * len(columns[0]))
    places = list(range(len(columns[0])))
    if na_last is NA:
        places = [k for k in places if all(column[k] is not None for column in columns)]
    last = na_last in (ABSENT, NA) or context.flag(na_last, "'na.last'")
    # Sorting keeps the order of equal elements, so the first key comes last.
    for column in reversed(columns):
        places = _sorted(places, column, backwards, last)
    return _vector([context.integer(k + 1) for k in places])


def _sorted(places: list[int], column: Sequence[_Key], backwards: bool, last: bool) -> list[int]:
    missing = [k for k in places if column[k] is None]
    there = [k for k in places if column[k] is not None]
    there.sort(key=lambda k: column[k], reverse=backwards)  # type: ignore[arg-type, return-value]
    return there + missing if last else missing + there


def _keys(context: Context, x: Value, argument: int, by_characters: bool) -> Sequence[_Key]:
    atoms = _plain_vector(context, x, "order", argument)
    if type_of(context, x) != "character":
        return [_number(context, atom, argument) for atom in atoms]
    if not by_characters:
        raise Refusal(
            "G104",
            "the order of texts depends on the machine that R runs on",
            'with method = "radix" R goes by the characters everywhere',
            argument,
        )
    return [context.written_out(atom) if isinstance(atom, Text) else None for atom in atoms]


def _extreme(name: str, is_better: Callable[[float, float], bool]) -> Native:
    """``which.max`` and ``which.min``: the first place, with its name."""

    def call(context: Context, x: Value) -> Value:
        atoms = context.atoms(x, 0)
        if type_of(context, x) == "character":
            raise Refusal("G202", f"{name}() takes numbers, and not texts", None, 0)
        best: tuple[int, float] | None = None
        for k, atom in enumerate(atoms):
            number = _number(context, atom, 0)
            if number is not None and (best is None or is_better(number, best[1])):
                best = k, number
        if best is None:
            return Elements(())
        names = x.names if isinstance(x, Elements) else None
        return vector_of(
            [context.integer(best[0] + 1)], None if names is None else (names[best[0]],)
        )

    return call


# ------------------------------------------------------------------------- repetitions


def _repeats(context: Context, x: Value, from_last: Value, name: str) -> list[bool]:
    """Of each element whether it is there already."""
    atoms = _plain_vector(context, x, name)
    context.spend(len(atoms))
    backwards = _is_set(context, from_last, "'fromLast'")
    seen: set[object] = set()
    found: list[bool] = []
    for atom in reversed(atoms) if backwards else atoms:
        key = _identity(context, atom)
        found.append(key in seen)
        seen.add(key)
    return found[::-1] if backwards else found


def _identity(context: Context, atom: Atom) -> object:
    if isinstance(atom, (Text, Special)):
        return context.as_characters(atom), isinstance(atom, Text)
    number = context.known(atom, "a number that is compared", 0)
    return number if number == number else "NaN"


def duplicated(context: Context, x: Value, incomparables: Value, from_last: Value) -> Value:
    """``duplicated(x)``."""
    if incomparables not in (ABSENT, False):
        raise Refusal("G104", "'incomparables' is not available", None, 1)
    return _vector(_repeats(context, x, from_last, "duplicated"))


def any_duplicated(context: Context, x: Value, incomparables: Value, from_last: Value) -> Value:
    """``anyDuplicated(x)``: the place of the first one, or 0."""
    if incomparables not in (ABSENT, False):
        raise Refusal("G104", "'incomparables' is not available", None, 1)
    found = _repeats(context, x, from_last, "anyDuplicated")
    if True not in found:
        return context.integer(0)
    if _is_set(context, from_last, "'fromLast'"):
        return context.integer(len(found) - found[::-1].index(True))
    return context.integer(found.index(True) + 1)


def repeat_to(context: Context, x: Value, length: Value) -> Value:
    """``rep_len(x, length.out)``, which keeps no names."""
    count = bounded(context.whole(length, "'length.out'", 1), 1)
    parts: Sequence[Value] = x.values if isinstance(x, Items) else context.atoms(x, 0)
    if not parts and x is NULL and count:
        raise Refusal("G202", "NULL cannot be repeated", None, 0)
    context.spend(count)
    filled = [parts[k % len(parts)] if parts else NA for k in range(count)]
    if isinstance(x, Items):
        return Items(tuple(filled))
    return _vector([part for part in filled if isinstance(part, (int, Text, Special))])


# ------------------------------------------------------------------------- groups


def split_groups(context: Context, x: Value, f: Value, drop: Value) -> Value:
    """``split(x, f)``: a list, one part for each value of ``f`` in the order of these."""
    if isinstance(x, Items) and x.is_frame:
        raise Refusal("G104", "split() of a data frame is not available", None, 0)
    parts: Sequence[Value] = x.values if isinstance(x, Items) else context.atoms(x, 0)
    marks = _plain_vector(context, f, "split", 1)
    if not marks or len(parts) % len(marks):
        message = f"{len(marks)} groups do not fit {len(parts)} elements"
        raise Refusal("G201", message, None, 1)
    context.spend(len(parts))
    keys = [None if mark is NA else _group(context, mark) for mark in marks]
    places: dict[_Key, list[int]] = {}
    for k in range(len(parts)):
        key = keys[k % len(keys)]
        if key is not None:
            places.setdefault(key, []).append(k)
    levels = _levels([key for key in places if key is not None])
    labels = [context.as_characters(marks[places[level][0] % len(marks)], 1) for level in levels]
    if len(set(labels)) != len(labels):
        raise Refusal("G104", "two groups have the same name when it is written", None, 1)
    names = x.names if isinstance(x, (Items, Elements)) else None
    groups = tuple(_group_of(x, parts, places[level], names) for level in levels)
    return Items(groups, tuple(labels))


def _group(context: Context, mark: Atom) -> _Key:
    if isinstance(mark, Text):
        return context.written_out(mark)
    return _number(context, mark, 1)


_SAFE = (re.compile(r"[a-z0-9]*"), re.compile(r"[A-Z0-9]*"))


def _levels(keys: Sequence[float | str]) -> list[float | str]:
    """Groups in their order; of texts where every language in use has the same one."""
    texts = [key for key in keys if isinstance(key, str)]
    is_safe = any(all(safe.fullmatch(text) for text in texts) for safe in _SAFE)
    if len(texts) > 1 and not is_safe:
        raise Refusal("G104", "the order of texts depends on the machine that R runs on", None, 1)
    return sorted(keys)


def _group_of(
    x: Value, parts: Sequence[Value], places: Sequence[int], names: tuple[str, ...] | None
) -> Value:
    labels = None if names is None else tuple(names[k] for k in places)
    chosen = [parts[k] for k in places]
    if isinstance(x, Items):
        return Items(tuple(chosen), labels)
    return vector_of([a for a in chosen if isinstance(a, (int, Text, Special))], labels)


# ------------------------------------------------------------------------- matrices


def _triangle(is_upper: bool) -> Native:
    """``upper.tri`` and ``lower.tri``: where a matrix lies beyond its diagonal."""

    def call(context: Context, x: Value, diag: Value) -> Value:
        size = dimensions(context, x)
        count = context.length_of(x)
        if size is None and count is None:
            raise context.unknown_length(context.node(x), 0)
        rows, columns = size or (count or 0, 1)
        step = 0 if _is_set(context, diag, "'diag'") else 1
        context.spend(bounded(rows * columns))
        cells = [
            (j - i if is_upper else i - j) >= step for j in range(columns) for i in range(rows)
        ]
        return Elements(cells, None, Shape(rows, columns))

    return call


def diagonal(context: Context, x: Value, nrow: Value, ncol: Value, names: Value) -> Value:
    """``diag(x)`` of a matrix, of known numbers, or of how many rows there are."""
    if isinstance(x, Elements) and x.dim is not None:
        if (nrow, ncol) != (ABSENT, ABSENT):
            raise Refusal("G103", "diag() of a matrix takes no 'nrow' and no 'ncol'", None, 1)
        rows, columns = x.dim.size
        return _vector([x.at(k * rows + k) for k in range(min(rows, columns))])
    given = _diagonal_cells(context, x, nrow is not ABSENT)
    if nrow is not ABSENT:
        rows = context.whole(nrow, "'nrow'")
    elif x is ABSENT:
        raise Refusal("G103", "diag() needs a matrix, numbers, or 'nrow'")
    elif len(given) == 1 and ncol is ABSENT:
        rows = context.whole(given[0], "the size of a matrix", 0)
        given = [context.builder.const(1.0)]
    else:
        rows = len(given)
    columns = rows if ncol is ABSENT else context.whole(ncol, "'ncol'")
    if rows < 0 or columns < 0 or (not given and rows and columns):
        raise Refusal("G103", f"diag() makes no matrix of {rows} rows and {columns} columns")
    context.spend(bounded(rows * columns))
    zero = _zero(context, given)
    cells = [given[i % len(given)] if i == j else zero for j in range(columns) for i in range(rows)]
    return Elements(cells, None, Shape(rows, columns))


def _diagonal_cells(context: Context, x: Value, is_sized: bool) -> Sequence[Atom]:
    """The numbers of a diagonal; a single one that tells how many there are must be known."""
    if x is ABSENT:
        return [context.builder.const(1.0)]
    atoms = context.atoms(x, 0) if isinstance(x, (Elements, int)) and _is_short(context, x) else ()
    any_number = is_sized or len(atoms) > 1
    known = [
        atom
        for atom in atoms
        if isinstance(atom, int) and (any_number or context.number(atom) is not None)
    ]
    if isinstance(x, (int, Elements)) and len(known) == len(atoms) == context.length_of(x):
        return known
    place = None
    if context.at is not None and context.at[0].kinds[context.at[1]] == CALL:
        scope, node = context.at
        place = scope.span(scope.tree.fn(node))
    message = "how many rows this diagonal matrix has is not known"
    raise Refusal("G102", message, None, None, place)


def _is_short(context: Context, x: Value) -> bool:
    return context.length_of(x) is not None


def _zero(context: Context, given: Sequence[Atom]) -> Atom:
    if given and all(isinstance(atom, bool) for atom in given):
        return False
    is_whole = bool(given) and all(isinstance(atom, (Whole, bool)) for atom in given)
    return context.integer(0) if is_whole else context.builder.const(0.0)


def array(context: Context, data: Value, dim: Value, names: Value) -> Value:
    """``array(data, dim)`` of two dimensions: filled as often as it takes."""
    sizes = [] if dim is ABSENT else [context.whole(n, "'dim'", 1) for n in context.atoms(dim, 1)]
    if len(sizes) != 2:
        raise Refusal("G104", "arrays of other than two dimensions are not available", None, 1)
    if names not in (ABSENT, NULL):
        raise Refusal("G104", "names of an array are not available", "use matrix()", 2)
    rows, columns = sizes
    atoms = context.atoms(data, 0)
    if min(sizes) < 0:
        raise Refusal("G103", "the dimensions of an array are negative", None, 1)
    count = bounded(rows * columns)
    if not atoms and count:
        raise Refusal("G201", "an array cannot be filled with no elements", None, 0)
    context.spend(count)
    cells = [atoms[k % len(atoms)] for k in range(count)]
    return Elements(cells, None, Shape(rows, columns))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("order", "... na.last? decreasing? method?", order),
    ("which.max", "x", _extreme("which.max", lambda new, best: new > best)),
    ("which.min", "x", _extreme("which.min", lambda new, best: new < best)),
    ("duplicated", "x incomparables? fromLast?", duplicated),
    ("anyDuplicated", "x incomparables? fromLast?", any_duplicated),
    ("rep_len", "x length.out", repeat_to),
    ("split", "x f drop?", split_groups),
    ("upper.tri", "x diag?", _triangle(is_upper=True)),
    ("lower.tri", "x diag?", _triangle(is_upper=False)),
    ("diag", "x? nrow? ncol? names?", diagonal),
    ("array", "data dim? dimnames?", array),
)
