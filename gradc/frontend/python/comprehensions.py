"""Comprehensions, and the statements of Python that R does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradc.frontend.actions import Form, Raised, Steps
from gradc.frontend.context import TURN_COST
from gradc.frontend.python.objects import delete_item, put, set_of, truth, walked
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import (
    NULL,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Value,
    describe,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


def comprehension(m: Machine, node: int, scope: Scope) -> Steps:
    """``[element for target in values if condition]``."""
    element, *clauses = scope.args(node)
    inner = scope.within(Environment(scope.environment, m.branches.clock))
    found: list[Value] = []

    def collect() -> Steps:
        value = yield element, inner
        found.append(value)
        return NULL

    yield from _clauses(m, clauses, 0, inner, collect)
    return Listing(found)


def set_comprehension(m: Machine, node: int, scope: Scope) -> Steps:
    """``{element for target in values}``."""
    listed = yield from comprehension(m, node, scope)
    return set_of(m.context, listed.items) if isinstance(listed, Listing) else listed


def dict_comprehension(m: Machine, node: int, scope: Scope) -> Steps:
    """``{key: value for target in values}``."""
    key_node, value_node, *clauses = scope.args(node)
    inner = scope.within(Environment(scope.environment, m.branches.clock))
    made = Mapped({})

    def collect() -> Steps:
        key = yield key_node, inner
        value = yield value_node, inner
        put(m.context, made, key, value)
        return NULL

    yield from _clauses(m, clauses, 0, inner, collect)
    return made


def dict_display(m: Machine, node: int, scope: Scope) -> Steps:
    """``{key: value, **more}``."""
    made = Mapped({})
    parts = iter(scope.args(node))
    for part in parts:
        if scope.tree.head(part) != "**args":
            key = yield part, scope
            put(m.context, made, key, (yield next(parts), scope))
            continue
        more = yield scope.args(part)[0], scope
        if not isinstance(more, Mapped):
            raise Refusal("G202", f"'**' takes a dict, and not {describe(more)}")
        for key, value in more.entries.values():
            put(m.context, made, key, value)
    return made


def _clauses(
    m: Machine, clauses: list[int], k: int, scope: Scope, collect: Callable[[], Steps]
) -> Steps:
    """Run through the clauses from the ``k``-th on; there are as many as the text writes."""
    from gradc.frontend.assign import set_target

    if k == len(clauses):
        return (yield from collect())
    target, values, *conditions = scope.args(clauses[k])
    source = yield values, scope
    for item in walked(m.context, source):
        m.context.spend(TURN_COST)
        yield from set_target(m, target, item, scope)
        for condition in conditions:
            verdict = yield condition, scope
            holds = m.context.truth(truth(m.context, verdict))
            if holds is None:
                raise Refusal(
                    "G104", "which elements are kept must be known when the model is compiled"
                )
            if not holds:
                break
        else:
            yield from _clauses(m, clauses, k + 1, scope, collect)
    return NULL


def nothing(m: Machine, node: int, scope: Scope) -> Steps:
    """``global x``: variables of the module are found anyway; assignments go there."""
    yield from ()
    if scope.activation is not None:
        for argument in scope.args(node):
            scope.activation.outer.add(scope.tree.string(argument))
    return NULL


def delete(m: Machine, node: int, scope: Scope) -> Steps:
    """``del x``, ``del x[i]``, ``del d[key]``."""
    pending = scope.args(node)[::-1]
    while pending:
        target = pending.pop()
        name = scope.name_of(target)
        if scope.tree.head(target) == "()":
            pending += scope.args(target)[::-1]
            continue
        if m.branches.is_open:
            raise Refusal("G104", "nothing can be deleted where only the inputs tell whether it is")
        if name is not None:
            if name not in scope.environment.variables:
                raise Refusal("G101", f"'{name}' has no value here that could be deleted")
            del scope.environment.variables[name]
            continue
        owner_node, index_node, *more = scope.args(target)
        owner = yield owner_node, scope
        index = yield index_node, scope
        if more:
            raise Refusal("G104", "one element at a time is deleted here")
        delete_item(m.context, owner, index)
    return NULL


def check(m: Machine, node: int, scope: Scope) -> Steps:
    """``assert test``: refused where it is known to fail."""
    test, *_ = scope.args(node)
    verdict = yield test, scope
    if isinstance(verdict, Outcome):
        return NULL
    known = m.context.truth(truth(m.context, verdict))
    if known is None:
        fails = m.builder.negate(m.builder.condition(m.context.node(verdict)))
        if not m.branches.raises(fails, scope.span(node)):
            raise Refusal("G104", "only the inputs tell whether this assertion is looked at")
    elif not known:
        return (yield from raise_(m, node, scope))
    return NULL


def raise_(m: Machine, node: int, scope: Scope) -> Steps:
    """``raise …``: the script's own complaint; the model is NaN where the inputs lead there."""
    yield from ()
    if not m.branches.raises(None, scope.span(node)):
        raise Refusal("G104", "the script stops here with an error of its own")
    raise Raised


FORMS: tuple[tuple[str, Form], ...] = (
    ("comprehension", comprehension),
    ("set_comprehension", set_comprehension),
    ("dict_comprehension", dict_comprehension),
    ("{:}", dict_display),
    ("del", delete),
    ("global", nothing),
    ("assert", check),
    ("raise", raise_),
)
