"""Functions that call a function: ``sapply``, ``Reduce``, ``do.call`` and their like."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend import assembly, language
from gradc.frontend.actions import Action, Callback, Steps
from gradc.frontend.calls import call, named_function
from gradc.frontend.columns import has_column
from gradc.frontend.context import TURN_COST, vector_of
from gradc.frontend.lifting import is_matrix, is_open, tensor
from gradc.frontend.margins import of_lines, side_of, sweep
from gradc.frontend.matrices import dimensions, labels_of, of_one_sort, take_cells
from gradc.frontend.turns import over_elements
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Elements,
    Evaluated,
    Expressions,
    Items,
    NeedsKnown,
    Refusal,
    Shape,
    Special,
    Value,
)
from gradc.frontend.vectors import as_text, bounded
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_Many = Generator["tuple[int, Scope]", Value, list[Value]]


def _values(m: Machine, x: Value) -> Sequence[Value]:
    if isinstance(x, Items):
        return x.values
    if isinstance(x, Expressions):
        return x.quoted
    expression = language.expression_of(m.context, x)
    if expression is not None:
        return language.parts_of(m.context, expression)
    return m.context.atoms(x, 0)


def _names(x: Value) -> tuple[str, ...] | None:
    return x.names if isinstance(x, (Items, Elements)) else None


def _each(m: Machine, at: _At, x: Value, function: Value, dots: Dots) -> _Many:
    results = []
    for value in _values(m, x):
        m.context.spend(TURN_COST)
        results.append((yield from call(m, function, ((None, value), *dots.items), *at)))
    return results


def _at_once(m: Machine, at: _At, x: Value, function: Value, dots: Dots) -> int | None:
    """The results of all elements of data as one vector; None where ``x`` is no such data.

    Raises: GradcError where only the data tell how many elements there are, and the function
    cannot take them all at once.
    """
    if x.__class__ is not int or m.context.length_of(x) is not None:
        return None

    def one(element: int) -> Steps:
        return call(m, function, ((None, element), *dots.items), *at)

    rows = over_elements(m, x, one, at[2], at[1])
    if isinstance(rows, int):
        return rows
    try:
        m.context.atoms(x, 0)
    except NeedsKnown:
        raise
    except Refusal:
        raise rows from None
    return None


_At = tuple[str, "Scope", int]


def _simplified(
    m: Machine, results: Sequence[Value], names: tuple[str, ...] | None, *, inner: bool = False
) -> Value:
    """One element each: a vector; the same number each: a matrix, a column each; else a list."""
    results = [value.value if isinstance(value, Evaluated) else value for value in results]
    lengths = {m.context.length_of(value) for value in results}
    is_atomic = all(isinstance(value, (int, Text, Special, Elements)) for value in results)
    if not is_atomic or NULL in results or lengths == {0} or len(lengths) != 1:
        return Items(tuple(results), names)
    (length,) = lengths
    if length is None:
        raise Refusal(
            "G104", "a function called here gives vectors whose length only the data tell"
        )
    rows = [m.context.atoms(value) for value in results]
    cells = (
        [as_text(m.context, a) for row in rows for a in row]
        if any(isinstance(atom, Text) for row in rows for atom in row)
        else [atom for row in rows for atom in row]
    )
    if length == 1:
        return vector_of(cells, _joined(results, names) if inner else names)
    first = results[0]
    own = first.names if isinstance(first, Elements) else None
    return Elements(cells, None, Shape(length, len(rows), own, names))


def _joined(results: Sequence[Value], names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The names of results of one element each, with those that the elements have themselves."""
    own = [v.names[0] if isinstance(v, Elements) and v.names else "" for v in results]
    if not any(own):
        return names
    pairs = zip(names or ("",) * len(own), own, strict=True)
    return tuple(f"{name}.{label}" if name and label else name or label for name, label in pairs)


def _text_names(m: Machine, x: Value) -> tuple[str, ...] | None:
    """The names that ``sapply`` gives its result: those of ``x``, or ``x`` itself where text."""
    names = _names(x)
    if names is None and isinstance(x, (Elements, Text)):
        items = m.context.atoms(x)
        if items and all(isinstance(item, Text) and item.length <= _NAME_LIMIT for item in items):
            return tuple(m.context.as_characters(item) for item in items)
    return names


_NAME_LIMIT = 1000
"""A longer text is code and not a name."""


def sapply(m: Machine, at: _At, x: Value, function: Value, dots: Dots, *options: Value) -> Steps:
    """``sapply(X, FUN, …)``: one number an element."""
    keep, use_names = ((*options, ABSENT, ABSENT))[:2]
    rows = _at_once(m, at, x, function, dots)
    if rows is not None:
        return rows
    results = yield from _each(m, at, x, function, dots)
    names = _names(x) if use_names is False else _text_names(m, x)
    if keep is False:
        return Items(tuple(results), names)
    return _simplified(m, results, names, inner=True) if results else Items(())


def vapply(
    m: Machine, at: _At, x: Value, function: Value, model: Value, dots: Dots, *o: Value
) -> Steps:
    """``vapply(X, FUN, FUN.VALUE, …)``."""
    rows = _at_once(m, at, x, function, dots)
    if rows is not None:
        return rows
    results = yield from _each(m, at, x, function, dots)
    if not results:
        return Elements(())
    names = None if o and o[0] is False else _text_names(m, x)
    return _simplified(m, results, names)


def lapply(m: Machine, at: _At, x: Value, function: Value, dots: Dots) -> Steps:
    """``lapply(X, FUN, …)``: a list."""
    results = yield from _each(m, at, x, function, dots)
    return Items(tuple(results), _names(x))


def _padded(names: tuple[str, ...] | None, count: int) -> tuple[str, ...] | None:
    """Names for so many results: R has NA where there are fewer."""
    return None if names is None else (*names, *["NA"] * count)[:count]


def _zipped(
    m: Machine,
    at: _At,
    function: Value,
    dots: Dots,
    more: Sequence[tuple[str | None, Value]] = (),
) -> _Many:
    columns = [(name, _values(m, value)) for name, value in dots.items]
    count = max((len(column) for _, column in columns), default=0)
    if count and any(not column for _, column in columns):
        raise Refusal("G201", "one of the vectors that are walked through together is empty")
    results: list[Value] = []
    for k in range(count):
        m.context.spend(TURN_COST)
        row = tuple((name, column[k % len(column)]) for name, column in columns)
        results.append((yield from call(m, function, (*row, *more), *at)))
    return results


def mapply(m: Machine, at: _At, function: Value, dots: Dots, *options: Value) -> Steps:
    """``mapply(FUN, …)``."""
    more, keep, use_names = ((*options, ABSENT, ABSENT, ABSENT))[:3]
    extra: list[tuple[str | None, Value]] = []
    if isinstance(more, Items):
        labels = more.names or ("",) * len(more.values)
        extra = [(label or None, v) for label, v in zip(labels, more.values, strict=True)]
    results = yield from _zipped(m, at, function, dots, extra)
    names = None
    if dots.items and use_names is not False:
        names = _padded(_text_names(m, dots.items[0][1]), len(results))
    if keep is False:
        return Items(tuple(results), names)
    return _simplified(m, results, names, inner=True) if results else Items(())


def map_(m: Machine, at: _At, function: Value, dots: Dots) -> Steps:
    """``Map(f, …)``: a list."""
    results = yield from _zipped(m, at, function, dots)
    names = _text_names(m, dots.items[0][1]) if dots.items else None
    return Items(tuple(results), _padded(names, len(results)))


def reduce_(
    m: Machine, at: _At, function: Value, x: Value, init: Value, right: Value, accumulate: Value
) -> Steps:
    """``Reduce(f, x, init, right, accumulate)``."""
    values = list(_values(m, x))
    backwards = right is not ABSENT and m.context.flag(right, "'right'")
    if backwards:
        values.reverse()
    if init is not ABSENT:
        values.insert(0, init)
    if not values:
        return NULL
    state = values[0]
    states = [state]
    for value in values[1:]:
        m.context.spend(TURN_COST)
        pair = (value, state) if backwards else (state, value)
        state = yield from call(m, function, [(None, pair[0]), (None, pair[1])], *at)
        states.append(state)
    if accumulate is not ABSENT and m.context.flag(accumulate, "'accumulate'"):
        return _simplified(m, states[::-1] if backwards else states, None, inner=True)
    return state


def filter_(m: Machine, at: _At, function: Value, x: Value) -> Steps:
    """``Filter(f, x)``: the elements for which ``f`` is known to hold."""
    kept: list[Value] = []
    labels: list[str] = []
    own = _names(x)
    verdicts = yield from _each(m, at, x, function, Dots(()))
    for place, (value, verdict) in enumerate(zip(_values(m, x), verdicts, strict=True)):
        truth = m.context.truth(verdict)
        if truth is None:
            raise Refusal(
                "G104", "which elements are kept must be known when the model is compiled"
            )
        if truth:
            kept.append(value)
            labels += own[place : place + 1] if own else ()
    if isinstance(x, Items):
        return Items(tuple(kept), tuple(labels) or None)
    atoms = [v for v in kept if isinstance(v, (int, Text, Special))]
    return vector_of(atoms, tuple(labels) or None) if atoms else Elements(())


def do_call(m: Machine, at: _At, function: Value, arguments: Value, *options: Value) -> Steps:
    """``do.call(what, args)``."""
    names = _names(arguments) or ()
    values = _values(m, arguments)
    if isinstance(function, Action) and function.name == "substitute":
        return _substitute(m, values)
    if isinstance(function, Text):
        function = yield from named_function(m, m.context.written_out(function), at[1], at[2])
    named = [(names[k] or None if k < len(names) else None, v) for k, v in enumerate(values)]
    return (yield from call(m, function, named, *at))


def outer(m: Machine, at: _At, x: Value, y: Value, function: Value, dots: Dots) -> Steps:
    """``outer(x, y, FUN)``: the function of all pairs at once, as a matrix."""
    if has_column((x, y)) or any(isinstance(v, Elements) and v.dim is not None for v in (x, y)):
        message = "outer() of a matrix has more than two dimensions"
        raise Refusal("G104", message, "c() makes it a plain vector")
    if is_open(m.context, x) or is_open(m.context, y):
        return (yield from _outer_of_data(m, at, x, y, function, dots))
    rows, columns = m.context.atoms(x, 0), m.context.atoms(y, 1)
    m.context.spend(bounded(len(rows) * len(columns)))
    left = vector_of(rows * len(columns))
    right = vector_of([c for c in columns for _ in rows])
    if function is ABSENT:
        cells = m.context.elementwise(m.context.builder.mul, [left, right])
    else:
        pair = ((None, left), (None, right), *dots.items)
        cells = yield from call(m, function, pair, *at)
    atoms = m.context.atoms(cells)
    if len(atoms) != len(rows) * len(columns):
        raise Refusal(
            "G201", "the function of outer() must give one element for each pair", None, 2
        )
    return Elements(atoms, None, Shape(len(rows), len(columns), _names(x), _names(y)))


def _outer_of_data(m: Machine, at: _At, x: Value, y: Value, function: Value, dots: Dots) -> Steps:
    """As ``outer``, of vectors whose lengths only the data tell."""
    b = m.context.builder
    down, across = (b.real(tensor(m.context, value, k)) for k, value in enumerate((x, y)))
    if function is ABSENT:
        return b.apply("outer", [down, across])
    like = b.apply("outer", [down, b.broadcast(b.const(1.0), across)])
    left = b.apply("spread_rows", [down, like])
    right = b.apply("spread_cols", [across, like])
    return (yield from call(m, function, ((None, left), (None, right), *dots.items), *at))


def apply(
    m: Machine, at: _At, x: Value, margin: Value, function: Value, dots: Dots, *options: Value
) -> Steps:
    """``apply(X, MARGIN, FUN)`` over the rows or the columns of a matrix."""
    if is_open(m.context, x) and is_matrix(m.context, x):
        lines = side_of(m, margin, "apply")
        return of_lines(m, at, m.context.node(x), lines, function, dots)
    size = dimensions(m.context, x)
    if size is None:
        raise Refusal("G201", "apply() takes a matrix or a data frame", None, 0)
    side = side_of(m, margin, "apply")
    if isinstance(x, Items):
        x = of_one_sort(m.context, x)
    results: list[Value] = []
    for k in range(size[side - 1]):
        m.context.spend(TURN_COST)
        place = m.builder.const(k + 1.0)
        line = (
            take_cells(m.context, x, place, ABSENT, ABSENT)
            if side == 1
            else take_cells(m.context, x, ABSENT, place, ABSENT)
        )
        if isinstance(line, Items):
            line = _row_of_frame(m, line)
        results.append((yield from call(m, function, ((None, line), *dots.items), *at)))
    labels = labels_of(x)[side - 1]
    return _simplified(m, results, labels) if results else Items(())


def _row_of_frame(m: Machine, row: Items) -> Value:
    """A row of a data frame as a vector, named by the columns; texts where any is one."""
    return vector_of([m.context.atoms(value)[0] for value in row.values], row.names)


def _substitute(m: Machine, values: Sequence[Value]) -> Value:
    """``do.call("substitute", list(e, values))``."""
    expression = language.expression_of(m.context, values[0]) if values else None
    where = values[1] if len(values) > 1 else NULL
    if expression is None or not isinstance(where, Items) or where.names is None:
        raise Refusal("G103", "substitute() takes an expression and a list by name here")
    by_name = dict(zip(where.names, where.values, strict=True))
    done = assembly.substituted(m.context, expression, by_name)
    return language.part(m.context, done.scope.tree, done.node, done.scope)


CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("sapply", "X FUN ... simplify? USE.NAMES?", "FUN", sapply),
    ("vapply", "X FUN FUN.VALUE ... USE.NAMES?", "FUN", vapply),
    ("lapply", "X FUN ...", "FUN", lapply),
    ("mapply", "FUN ... MoreArgs? SIMPLIFY? USE.NAMES?", "FUN", mapply),
    ("Map", "f ...", "f", map_),
    ("Reduce", "f x init? right? accumulate?", "f", reduce_),
    ("Filter", "f x", "f", filter_),
    ("outer", "X Y FUN? ...", "FUN", outer),
    ("sweep", "x MARGIN STATS FUN? ...", "FUN", sweep),
    ("%o%", "X Y FUN? ...", "FUN", outer),
    ("apply", "X MARGIN FUN ... simplify?", "FUN", apply),
    ("do.call", "what args quote? envir?", "what", do_call),
)
