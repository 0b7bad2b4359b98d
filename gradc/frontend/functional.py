"""Functions that call a function: ``sapply``, ``Reduce``, ``do.call`` and their like."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Callback, Steps
from gradc.frontend.calls import call
from gradc.frontend.context import TURN_COST, vector_of
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Atom,
    Dots,
    Elements,
    Items,
    Refusal,
    Special,
    Value,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_Many = Generator["tuple[int, Scope]", Value, list[Value]]


def _values(m: Machine, x: Value) -> Sequence[Value]:
    return x.values if isinstance(x, Items) else m.context.atoms(x, 0)


def _names(x: Value) -> tuple[str, ...] | None:
    return x.names if isinstance(x, (Items, Elements)) else None


def _each(m: Machine, at: _At, x: Value, function: Value, dots: Dots) -> _Many:
    results = []
    for value in _values(m, x):
        m.context.spend(TURN_COST)
        results.append((yield from call(m, function, ((None, value), *dots.items), *at)))
    return results


_At = tuple[str, "Scope", int]


def _simplified(m: Machine, results: Sequence[Value], names: tuple[str, ...] | None) -> Value:
    atoms: list[Atom] = []
    for value in results:
        unknown = isinstance(value, int) and m.context.length_of(value) is None
        if isinstance(value, (int, str, Special)) and m.context.length_of(value) == 1:
            atoms.append(value)
        elif unknown or (isinstance(value, Elements) and len(value) > 1):
            raise Refusal(
                "G104", "a function called here gives vectors: matrices are not available yet"
            )
        else:
            return Items(tuple(results), names)
    return vector_of(atoms, names)


def sapply(m: Machine, at: _At, x: Value, function: Value, dots: Dots, *options: Value) -> Steps:
    """``sapply(X, FUN, …)``: one number an element."""
    results = yield from _each(m, at, x, function, dots)
    return _simplified(m, results, _names(x)) if results else Items(())


def vapply(
    m: Machine, at: _At, x: Value, function: Value, model: Value, dots: Dots, *o: Value
) -> Steps:
    """``vapply(X, FUN, FUN.VALUE, …)``."""
    results = yield from _each(m, at, x, function, dots)
    return _simplified(m, results, _names(x))


def lapply(m: Machine, at: _At, x: Value, function: Value, dots: Dots) -> Steps:
    """``lapply(X, FUN, …)``: a list."""
    results = yield from _each(m, at, x, function, dots)
    return Items(tuple(results), _names(x))


def _zipped(m: Machine, at: _At, function: Value, dots: Dots) -> _Many:
    columns = [(name, _values(m, value)) for name, value in dots.items]
    count = max((len(column) for _, column in columns), default=0)
    if any(not column or count % len(column) for _, column in columns):
        raise Refusal("G201", "the vectors that are walked through together differ in length")
    results = []
    for k in range(count):
        m.context.spend(TURN_COST)
        row = tuple((name, column[k % len(column)]) for name, column in columns)
        results.append((yield from call(m, function, row, *at)))
    return results


def mapply(m: Machine, at: _At, function: Value, dots: Dots, *options: Value) -> Steps:
    """``mapply(FUN, …)``."""
    results = yield from _zipped(m, at, function, dots)
    return _simplified(m, results, None) if results else Items(())


def map_(m: Machine, at: _At, function: Value, dots: Dots) -> Steps:
    """``Map(f, …)``: a list."""
    return Items(tuple((yield from _zipped(m, at, function, dots))))


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
        return _simplified(m, states[::-1] if backwards else states, None)
    return state


def filter_(m: Machine, at: _At, function: Value, x: Value) -> Steps:
    """``Filter(f, x)``: the elements for which ``f`` is known to hold."""
    kept = []
    for value, verdict in zip(
        _values(m, x), (yield from _each(m, at, x, function, Dots(()))), strict=True
    ):
        truth = m.context.truth(verdict)
        if truth is None:
            raise Refusal(
                "G104", "which elements are kept must be known when the model is compiled"
            )
        if truth:
            kept.append(value)
    if isinstance(x, Items):
        return Items(tuple(kept))
    return vector_of([v for v in kept if isinstance(v, (int, str, Special))]) if kept else NULL


def do_call(m: Machine, at: _At, function: Value, arguments: Value, *options: Value) -> Steps:
    """``do.call(what, args)``."""
    names = _names(arguments) or ()
    values = _values(m, arguments)
    named = [(names[k] or None if k < len(names) else None, v) for k, v in enumerate(values)]
    return (yield from call(m, function, named, *at))


CALLBACKS: tuple[tuple[str, str, str, Callback], ...] = (
    ("sapply", "X FUN ... simplify? USE.NAMES?", "FUN", sapply),
    ("vapply", "X FUN FUN.VALUE ... USE.NAMES?", "FUN", vapply),
    ("lapply", "X FUN ...", "FUN", lapply),
    ("mapply", "FUN ... MoreArgs? SIMPLIFY? USE.NAMES?", "FUN", mapply),
    ("Map", "f ...", "f", map_),
    ("Reduce", "f x init? right? accumulate?", "f", reduce_),
    ("Filter", "f x", "f", filter_),
    ("do.call", "what args quote? envir?", "what", do_call),
)
