"""Choices: the lazy and and or, ifelse, switch."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Form, Steps
from gradc.frontend.arguments import match
from gradc.frontend.calls import form_arguments
from gradc.frontend.columns import plain
from gradc.frontend.context import vector_of
from gradc.frontend.control import Branch, both_sides, condition
from gradc.frontend.lifting import is_matrix
from gradc.frontend.symbols import ROWS
from gradc.frontend.values import (
    NULL,
    Closure,
    Elements,
    Evaluated,
    Items,
    Outcome,
    Refusal,
    Value,
    describe,
)
from gradc.frontend.vectors import as_text
from gradc.ir import symbol
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope


def _lazy(decides: bool) -> Form:
    """``&&`` and ``||``: the second operand is looked at only where the first leaves it open."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        left, right = form_arguments(scope, node, 2, 2)
        first, known = yield from condition(m, left, scope)
        if isinstance(first, Outcome):
            return first
        if known is not None and scope.code.is_python:
            return first if known is decides else (yield right, scope)
        if known is decides:
            return decides
        if known is not None:
            second, other = yield from condition(m, right, scope)
            return second if other is None or isinstance(second, Outcome) else other
        open_ = m.builder.condition(m.context.node(first))
        reached = m.builder.negate(open_) if decides else open_
        looked, _ = yield from both_sides(m, reached, right, None, scope)
        second = _value_of(m, (looked, (None, None, {})), reached, node, scope)[0]
        other = m.context.truth(second)
        if other is not None:
            return other if other is decides else first
        b = m.builder
        nodes = m.context.node(first), m.context.node(second)
        return b.either(*nodes) if decides else b.both(*nodes)

    return form


def ifelse(m: Machine, node: int, scope: Scope) -> Steps:
    """``ifelse(test, yes, no)``; a side that is known not to be taken is not looked at."""
    tree = scope.code.tree
    arguments = scope.args(node)
    names = tree.argnames(node) or (None,) * len(arguments)
    formals = ("condition", "x", "y") if scope.code.is_python else ("test", "yes", "no")
    given, _ = match("ifelse", formals, list(zip(names, arguments, strict=True)))
    if None in given:
        missing = formals[given.index(None)]
        raise Refusal("G103", f"the argument '{missing}' of 'ifelse' is missing")
    test, yes, no = (argument or 0 for argument in given)
    value = yield test, scope
    if isinstance(value, Outcome):
        return value
    if isinstance(value, (Text, Items, Closure)) or value is NULL:
        raise Refusal("G202", f"{describe(value)} is no condition", None, 0)
    truths = [m.context.number(atom) for atom in _known_atoms(m, value)]
    certain = all(truth is not None and truth == truth for truth in truths)
    if truths and certain and (all(truths) or not any(truths)):
        side = yield yes if truths[0] else no, scope
        return _shaped(m, value, side if scope.code.is_python else _unwrapped(m, value, side))
    if truths and certain:
        first = yield yes, scope
        second = yield no, scope
        if _is_listed(first) and _is_listed(second):
            return _picked(m, value, truths, first, second)
        return m.context.elementwise(m.builder.select, [value, first, second])
    if m.context.length_of(value) == 1:
        holds = m.builder.condition(m.context.node(value))
        sides = yield from both_sides(m, holds, yes, no, scope)
        chosen, other = _value_of(m, sides, holds, node, scope)
        if not scope.code.is_python:
            chosen, other = _first(m, chosen), _first(m, other)
    else:
        chosen, other = yield from _unconditionally(m, yes, no, scope)
    both = [plain(chosen), plain(other)]  # the shape is that of the test
    is_wide = any(isinstance(s, int) and is_matrix(m.context, s) for s in both)
    if is_wide and not is_matrix(m.context, value):
        raise Refusal("G104", "ifelse() with a vector as condition takes no matrix", None, 1)
    return m.context.elementwise(m.builder.select, [value, *both])


def _value_of(
    m: Machine, sides: tuple[Branch, Branch], holds: int, node: int, scope: Scope
) -> tuple[Value, Value]:
    """The values of two sides once their assignments are merged."""
    for _, returned, _ in sides:
        if returned is not None:
            message = "'return' can be inside of 'if' only, where the inputs decide"
            raise Refusal("G104", message)
    (first, _, yes), (second, _, no) = sides
    m.branches.merge(holds, yes, no, scope.span(node))
    return NULL if first is None else first, NULL if second is None else second


def _unconditionally(
    m: Machine, yes: int, no: int, scope: Scope
) -> Generator[tuple[int, Scope], Value, tuple[Value, Value]]:
    """Both sides of an elementwise choice; which is looked at in R depends on all elements."""
    values: list[Value] = []
    for side in (yes, no):
        start = m.branches.begin()
        values.append((yield side, scope))
        if m.branches.end(start, m.builder.truth(True)):
            raise Refusal("G104", "nothing can be assigned inside of an elementwise choice")
    return values[0], values[1]


def _known_atoms(m: Machine, value: Value) -> Sequence[Value]:
    if isinstance(value, Elements):
        return value.items
    return (value,) if m.context.length_of(value) == 1 else ()


def _is_listed(value: Value) -> bool:
    """Whether the elements of a value are there one by one."""
    return isinstance(value, (Elements, Text))


def _picked(
    m: Machine, test: Value, truths: Sequence[float | None], yes: Value, no: Value
) -> Value:
    """The elements that a known condition picks; a side that is shorter starts again."""
    sides = m.context.atoms(no, 2), m.context.atoms(yes, 1)
    if not all(sides):
        raise Refusal("G201", "one side of 'ifelse' has no elements", None, 1)
    chosen = [sides[bool(t)][k % len(sides[bool(t)])] for k, t in enumerate(truths)]
    if any(isinstance(atom, Text) for atom in chosen):
        chosen = [as_text(m.context, atom) for atom in chosen]
    shape = test if isinstance(test, Elements) else None
    return vector_of(chosen, shape.names if shape else None, shape.dim if shape else None)


def _first(m: Machine, side: Value) -> Value:
    """The first element of one side: all that R takes of it where the test has one.

    In a formula every undeclared name may be a row, and the side of a row is that row's.
    """
    if isinstance(side, Evaluated):
        side = side.value
    if isinstance(side, Elements) and len(side):
        return side.at(0)
    if side.__class__ is int and m.graph.types[side].shape and m.symbols.scalars:
        message = "ifelse() with one condition takes no more than the first of these data"
        raise Refusal("G104", message, "if (…) … else … takes all of them")
    return _first_of_data(m, side) if side.__class__ is int else side


def _first_of_data(m: Machine, side: int) -> int:
    """The first element of a vector or matrix that is no data of one row an element."""
    shape = m.graph.types[side].shape
    if len(shape) == 2:
        return m.builder.apply("entry", [side], (1, 1))
    if shape and shape[0].substitute(m.graph.bindings) != symbol(ROWS):
        return m.builder.index(side, 1)
    return side


def _unwrapped(m: Machine, test: Value, side: Value) -> Value:
    return _first(m, side) if m.context.length_of(test) == 1 else side


def _shaped(m: Machine, test: Value, value: Value) -> Value:
    """The side taken, as long as the condition is."""
    count = m.context.length_of(test)
    names, dim = (test.names, test.dim) if isinstance(test, Elements) else (None, None)
    if isinstance(value, Elements) and count is not None and len(value):
        return vector_of([value.at(k % len(value)) for k in range(count)], names, dim)
    if isinstance(value, Text):
        return vector_of([value] * (count or 1), names, dim)
    if count == 1 and names is None and dim is None:
        return value
    return m.context.elementwise(lambda _, side: side, [test, value])


def switch(m: Machine, node: int, scope: Scope) -> Steps:
    """``switch(which, …)`` on a known text or number."""
    arguments = scope.args(node)
    names = scope.code.tree.argnames(node) or (None,) * len(arguments)
    if not arguments:
        raise Refusal("G103", "the argument 'EXPR' of 'switch' is missing")
    which = yield arguments[0], scope
    if isinstance(which, Elements) and len(which) == 1:
        which = which.at(0)
    sides = arguments[1:]
    if isinstance(which, Text):
        labels = names[1:]
        wanted = m.context.written_out(which)
        places = [k for k, label in enumerate(labels) if label == wanted]
        places = places or [k for k, label in enumerate(labels) if label is None]
        place = places[0] if places else -1
        # An empty side means the next one, as in R.
        while (
            0 <= place < len(sides)
            and scope.code.tree.starts[sides[place]] == scope.code.tree.ends[sides[place]]
        ):
            place += 1
    else:
        place = m.context.whole(which, "the choice of 'switch'", 0) - 1
    if not 0 <= place < len(sides):
        return NULL
    return (yield sides[place], scope)


FORMS: tuple[tuple[str, Form], ...] = (
    ("&&", _lazy(False)),
    ("||", _lazy(True)),
    ("ifelse", ifelse),
    ("switch", switch),
)
