"""Python's builtins that call functions: ``map``, ``filter``, ``sorted``, ``max`` and ``min``."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Callback, Steps
from gradc.frontend.calls import call
from gradc.frontend.context import TURN_COST
from gradc.frontend.python.objects import At, no_order, sort_key, truth, walked
from gradc.frontend.reductions import largest as largest_of
from gradc.frontend.reductions import smallest as smallest_of
from gradc.frontend.values import ABSENT, NULL, Dots, Listing, Refusal, Value
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_Many = Generator["tuple[int, Scope]", Value, list[Value]]


def map_(m: Machine, at: At, function: Value, dots: Dots) -> Steps:
    """``map(f, xs, …)``."""
    columns = [walked(m.context, value, k + 1) for k, (_, value) in enumerate(dots.items)]
    results: list[Value] = []
    for row in zip(*columns, strict=False):
        m.context.spend(TURN_COST)
        results.append((yield from call(m, function, [(None, v) for v in row], *at)))
    return Listing(results)


def filter_(m: Machine, at: At, function: Value, x: Value) -> Steps:
    """``filter(f, xs)``."""
    kept: list[Value] = []
    for value in walked(m.context, x, 1):
        m.context.spend(TURN_COST)
        verdict = value
        if function is not NULL:
            verdict = yield from call(m, function, [(None, value)], *at)
        holds = m.context.truth(truth(m.context, verdict))
        if holds is None:
            raise Refusal("G104", "which elements are kept must be known beforehand")
        if holds:
            kept.append(value)
    return Listing(kept)


def reduce_(m: Machine, at: At, function: Value, x: Value, start: Value) -> Steps:
    """``functools.reduce(f, xs, start)``."""
    values = list(walked(m.context, x, 1))
    if start is not ABSENT:
        values.insert(0, start)
    if not values:
        raise Refusal("G103", "reduce() of nothing has no value", None, 1)
    state = values[0]
    for value in values[1:]:
        m.context.spend(TURN_COST)
        state = yield from call(m, function, [(None, state), (None, value)], *at)
    return state


def _keys(m: Machine, at: At, items: Sequence[Value], key: Value) -> _Many:
    """What each element is compared by."""
    if key in (ABSENT, NULL):
        return list(items)
    found: list[Value] = []
    for item in items:
        m.context.spend(TURN_COST)
        found.append((yield from call(m, key, [(None, item)], *at)))
    return found


def sorted_(m: Machine, at: At, x: Value, key: Value, reverse: Value) -> Steps:
    """``sorted(x, key=…)`` of what is known; equal ones stay in order."""
    items = x.items if isinstance(x, Listing) else walked(m.context, x, 0)
    keys = yield from _keys(m, at, items, key)
    by = [sort_key(m.context, value) for value in keys]
    backwards = reverse is not ABSENT and m.context.flag(reverse, "'reverse'")
    try:
        order = sorted(range(len(by)), key=by.__getitem__, reverse=backwards)
    except TypeError:
        raise no_order() from None
    return Listing([items[k] for k in order])


def _extreme(largest: bool) -> Callback:
    def run(m: Machine, at: At, dots: Dots, key: Value, default: Value) -> Steps:
        given = [value for _, value in dots.items]
        if len(given) == 1 and given[0].__class__ is int and key is ABSENT:
            return (largest_of if largest else smallest_of)(m.context, dots, ABSENT)
        items = list(walked(m.context, given[0], 0)) if len(given) == 1 else given
        if not items:
            if default is ABSENT:
                raise Refusal("G103", "of nothing there is no largest or smallest", None, 0)
            return default
        keys = yield from _keys(m, at, items, key)
        if key is ABSENT and not all(_is_known(m, value) for value in keys):
            return _of_inputs(m, items, largest)
        by = [sort_key(m.context, value) for value in keys]
        try:
            best = (max if largest else min)(range(len(by)), key=by.__getitem__)
        except TypeError:
            raise no_order() from None
        return items[best]

    return run


def _is_known(m: Machine, value: Value) -> bool:
    return isinstance(value, (Text, Listing)) or m.is_known_number(value)


def _of_inputs(m: Machine, items: Sequence[Value], largest: bool) -> Value:
    """The largest or smallest of numbers that the inputs decide."""
    prim = "max2" if largest else "min2"
    result = items[0]
    for item in items[1:]:
        result = m.context.elementwise(
            lambda x, y: m.context.builder.apply(prim, (x, y)), [result, item]
        )
    return result


CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("map", "function ...", "function", map_),
    ("sorted", "iterable key? reverse?", None, sorted_),
    ("max", "... key? default?", None, _extreme(largest=True)),
    ("min", "... key? default?", None, _extreme(largest=False)),
    ("filter", "function iterable", None, filter_),
    ("functools.reduce", "function sequence initial?", "function", reduce_),
)
