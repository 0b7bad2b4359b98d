"""Quoted expressions, formulas, and the calls that make a model of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.actions import Form, Steps
from gradc.frontend.arguments import match
from gradc.frontend.calls import form_arguments
from gradc.frontend.scope import NAME, Environment, Scope
from gradc.frontend.values import (
    Derivative,
    Elements,
    Formula,
    Quoted,
    Refusal,
    Value,
    describe,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_DERIV = ("expr", "namevec", "function.arg", "tag", "hessian")
_D = ("expr", "name")


def quote(m: Machine, node: int, scope: Scope) -> Steps:
    """``quote(e)``, ``expression(e)``."""
    arguments = scope.args(node)
    if len(arguments) != 1:
        raise Refusal("G103", f"one expression is quoted at a time, not {len(arguments)}")
    yield from ()
    return Quoted(arguments[0], scope)


def formula(m: Machine, node: int, scope: Scope) -> Steps:
    """``~ mean`` and ``response ~ mean``."""
    *response, mean = form_arguments(scope, node, 1, 2)
    yield from ()
    left = Quoted(response[0], scope) if response else None
    return Formula(left, Quoted(mean, scope), scope.span(node))


def _deriv(function: str, formals: tuple[str, ...]) -> Form:
    def form(m: Machine, node: int, scope: Scope) -> Steps:
        arguments = scope.args(node)
        names = scope.code.tree.argnames(node) or (None,) * len(arguments)
        given, _ = match(function, formals, list(zip(names, arguments, strict=True)))
        if given[0] is None or given[1] is None:
            absent = formals[0] if given[0] is None else formals[1]
            raise Refusal("G103", f"the argument '{absent}' of '{function}' is missing")
        expression = yield given[0], scope
        if isinstance(expression, Formula) and expression.response is not None:
            raise Refusal("G103", f"'{function}' takes a formula without a left side", None, 0)
        if isinstance(expression, Derivative):
            raise Refusal("G104", "a derivative of a derivative is asked for by --hessian", None, 0)
        if not isinstance(expression, (Quoted, Formula)):
            raise Refusal(
                "G202",
                f"'{function}' takes a formula or a quoted expression, not {describe(expression)}",
                "write ~ in front of it" if function != "D" else "write it inside quote()",
                0,
            )
        wanted = yield given[1], scope
        return Derivative(expression, _texts(wanted, function), scope.span(node))

    return form


def _texts(value: Value, function: str) -> tuple[str, ...]:
    items = value.items if isinstance(value, Elements) else (value,)
    if not all(isinstance(item, str) for item in items) or (function == "D" and len(items) != 1):
        raise Refusal("G202", f"'{function}' takes the names of parameters as text", None, 1)
    return tuple(str(item) for item in items)


def evaluate(m: Machine, node: int, scope: Scope) -> Steps:
    """``eval(e)`` of a quoted expression."""
    arguments = scope.args(node)
    if len(arguments) != 1:
        raise Refusal("G103", "'eval' takes one argument here")
    value = yield arguments[0], scope
    if isinstance(value, Quoted):
        inner = Scope(value.scope.code, scope.environment, scope.activation, scope.place)
        return (yield value.node, inner)
    return value


def quoted_scope(m: Machine, quoted: Quoted) -> Scope:
    """Where a quoted expression is evaluated when it is the model.

    A variable that the program gave a number is an input there, as R's ``deriv`` takes it,
    and its number is the input's value at the default point.
    """
    environment = Environment(quoted.scope.environment)
    tree = quoted.scope.code.tree
    pending, seen = [quoted.node], set()
    while pending:
        node = pending.pop()
        if tree.kinds[node] != NAME:
            # The children of a call begin with what it calls, which is no variable.
            head = tree.head(node) is not None
            pending += reversed(list(tree.children(node))[1 if head else 0 :])
            continue
        name = tree.name(node)
        if name in seen:
            continue
        seen.add(name)
        owner = quoted.scope.environment.owner(name)
        if owner is None or owner is m.root:
            continue
        number = _number(m, owner.variables[name])
        if number is not None:
            environment.variables[name] = m.symbols.make(name, m.graph, number)
    return quoted.scope.within(environment)


def _number(m: Machine, value: Value) -> float | tuple[float, ...] | None:
    if isinstance(value, Elements):
        numbers = [
            m.context.number(item) if isinstance(item, int) else None for item in value.items
        ]
        known = [number for number in numbers if number is not None]
        return tuple(known) if known and len(known) == len(numbers) else None
    return m.context.number(value) if isinstance(value, int) else None


FORMS: tuple[tuple[str, Form], ...] = (
    ("quote", quote),
    ("expression", quote),
    ("~", formula),
    ("deriv", _deriv("deriv", _DERIV)),
    ("deriv3", _deriv("deriv3", _DERIV)),
    ("D", _deriv("D", _D)),
    ("eval", evaluate),
)
