"""Operators of Python: exact integers, comparisons one after another, ``and`` and ``or``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gradc.frontend.actions import Form, Steps
from gradc.frontend.calls import form_arguments
from gradc.frontend.context import Context, OneNode
from gradc.frontend.control import both_sides
from gradc.frontend.elementwise import python_operators
from gradc.frontend.python.objects import truth
from gradc.frontend.scope import CONST, NAME, NUM, STR
from gradc.frontend.values import Refusal, Special, Value

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

Exact = Callable[..., "int | bool | None"]

_BITS_LIMIT = 1100
"""More than any double has."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def operator_table(context: Context) -> dict[str, dict[int, OneNode]]:
    """The operators of Python by name and number of operands."""
    table = python_operators(context)
    for name, compare in _COMPARE.items():
        plain = table[name][2]
        table[name] = {2: _known_first(context, compare, plain)}
        if plain in context.on_texts:
            context.on_texts[table[name][2]] = context.on_texts[plain]
    table["/"] = {2: _quotient(context, table["/"][2])}
    for (name, count), exact in _EXACT.items():
        context.exact[table[name][count]] = exact
    return table


def _known_first(context: Context, compare: Callable[[Any, Any], bool], plain: OneNode) -> OneNode:
    """A comparison that is true or false where both numbers are known, NaN included."""
    value = context.constants.value

    def call(x: int, y: int) -> int | bool | Special:
        left, right = value(x), value(y)
        return plain(x, y) if left is None or right is None else compare(left, right)

    return call


def _quotient(context: Context, plain: OneNode) -> OneNode:
    """``/``, which Python refuses where a known number is divided by zero."""
    value = context.constants.value

    def call(x: int, y: int) -> int | bool | Special:
        if value(y) == 0 and value(x) is not None:
            raise _by_zero()
        return plain(x, y)

    return call


def _by_zero() -> Refusal:
    return Refusal("G103", "this divides by zero", None, 1)


# ------------------------------------------------------------------------- integers


def _power(x: int, y: int) -> int | None:
    if y < 0:
        if not x:
            raise _by_zero()
        return None  # a float
    if abs(x) > 1 and y * (abs(x).bit_length() - 1) > _BITS_LIMIT:
        raise Refusal("G104", "this integer is too large for a double")
    return int(int(x) ** y)


def _divided(function: Callable[[int, int], int]) -> Exact:
    def call(x: int, y: int) -> int:
        if not y:
            raise _by_zero()
        return function(x, y)

    return call


def _shifted(x: int, y: int) -> int:
    if y < 0 or (x and y > _BITS_LIMIT):
        raise Refusal("G103", "'<<' of these numbers has no value")
    return x << y if x else 0


def _shifted_back(x: int, y: int) -> int:
    if y < 0:
        raise Refusal("G103", "'>>' of these numbers has no value")
    return x >> min(y, _BITS_LIMIT)


_EXACT: Mapping[tuple[str, int], Exact] = {
    ("+", 1): operator.pos, ("-", 1): operator.neg, ("~", 1): lambda x: ~int(x),
    ("+", 2): operator.add, ("-", 2): operator.sub, ("*", 2): operator.mul,
    ("//", 2): _divided(operator.floordiv), ("%", 2): _divided(operator.mod),
    ("**", 2): _power, ("<<", 2): _shifted, (">>", 2): _shifted_back,
    ("&", 2): operator.and_, ("|", 2): operator.or_, ("^", 2): operator.xor,
}  # fmt: skip
"""Operators of integers; None where the result is none."""


# ------------------------------------------------------------------------- comparisons


def chained(words: tuple[OneNode, ...], both: OneNode) -> Form:
    """``a < b <= c``: each pair is compared, the next one only where the last one holds."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        context = m.context
        first, *others = scope.args(node)
        left = yield first, scope
        result: Value = True
        for compare, argument in zip(words, others, strict=True):
            known = context.truth(truth(context, result))
            if known is False:
                return result
            right = yield from _looked_at(m, argument, scope, is_sure=known is not None)
            holds = context.elementwise(compare, [left, right])
            result = holds if known else context.elementwise(both, [result, holds])
            left = right
        return result

    return form


def _looked_at(m: Machine, node: int, scope: Scope, *, is_sure: bool) -> Steps:
    """An operand; where only the inputs tell whether Python looks at it, it may change nothing."""
    if is_sure or scope.kinds[node] in (NAME, NUM, STR, CONST):
        return (yield node, scope)
    start = m.branches.begin()
    value = yield node, scope
    if m.branches.end(start, m.builder.truth(True)):
        raise Refusal("G104", "nothing can be assigned inside of such a comparison")
    return value


# ------------------------------------------------------------------------- and, or


def _lazy(decides: bool) -> Form:
    """``and`` and ``or``: one of the two operands, the second looked at only where it counts."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        left, right = form_arguments(scope, node, 2, 2)
        context, b = m.context, m.builder
        first = yield left, scope
        verdict = truth(context, first)
        try:
            known = context.truth(verdict)
        except Refusal as refusal:
            refusal.place = refusal.place or scope.span(left)
            raise
        if known is not None:
            return first if known is decides else (yield right, scope)
        holds = b.condition(context.node(verdict))
        reached = b.negate(holds) if decides else holds
        looked, nothing = yield from both_sides(m, reached, right, None, scope)
        second, returned, changes = looked
        if second is None or returned is not None:
            raise Refusal("G104", "'return' can be inside of 'if' only, where the inputs decide")
        m.branches.merge(reached, changes, nothing[2], scope.span(node))
        return _one_of(m, first, second, holds, decides=decides)

    return form


def _one_of(m: Machine, first: Value, second: Value, holds: int, *, decides: bool) -> Value:
    """The operand that the inputs choose; of two conditions, both or either of them."""
    context, b = m.context, m.builder
    is_condition = isinstance(first, int) and context.is_logical(first)
    if is_condition and isinstance(second, bool):
        return second if second is decides else first
    if is_condition and isinstance(second, int) and context.is_logical(second):
        nodes = context.node(first), context.node(second)
        return b.either(*nodes) if decides else b.both(*nodes)
    yes, no = (first, second) if decides else (second, first)
    return m.branches.choose(holds, yes, no, context.here())


FORMS: tuple[tuple[str, Form], ...] = (("&&", _lazy(False)), ("||", _lazy(True)))
