"""Assignment: to names, to elements of vectors and lists, to variables further out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.actions import Form, Steps
from gradc.frontend.calls import form_arguments
from gradc.frontend.index import field, python_index, replace
from gradc.frontend.scope import CALL, Environment
from gradc.frontend.values import NULL, Refusal, Value

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope


def _assignment(outwards: bool) -> Form:
    def form(m: Machine, node: int, scope: Scope) -> Steps:
        target, source = form_arguments(scope, node, 2, 2)
        if scope.kinds[target] == CALL:
            return (yield from _to_element(m, target, source, scope, outwards))
        name = scope.name_of(target)
        if name is None:
            raise Refusal("G104", "only a variable can be given a value", None, 0)
        value = yield source, scope
        environment = _environment(m, scope, name) if outwards else scope.environment
        _bind(m, environment, name, value, scope)
        return value

    return form


def _bind(m: Machine, environment: Environment, name: str, value: Value, scope: Scope) -> None:
    m.bind(environment, name, value)
    if environment is m.globals and not m.loops and value.__class__ is int:
        m.names.setdefault(value, name)


def _environment(m: Machine, scope: Scope, name: str) -> Environment:
    """Where ``<<-`` assigns: to the nearest such variable outside, else globally."""
    outside = scope.environment.parent
    owner = outside.owner(name) if outside is not None else None
    return m.globals if owner is None or owner is m.root else owner


def _to_element(m: Machine, target: int, source: int, scope: Scope, outwards: bool) -> Steps:
    """``x[i] <- value``, ``x[[i]] <- value``, ``x$name <- value``."""
    tree = scope.code.tree
    head = tree.head(target)
    arguments = scope.args(target)
    name = scope.name_of(arguments[0]) if arguments else None
    if head == "(" or head not in ("[", "[[", "$") or name is None or len(arguments) != 2:
        raise Refusal(
            "G104",
            "values can be given to x, x[i], x[[i]] and x$name only",
            None,
            0,
        )
    value = yield source, scope
    environment = _environment(m, scope, name) if outwards else scope.environment
    before = yield from _before(m, name, environment, arguments[0], scope)
    if head == "$":
        index: Value = scope.name_of(arguments[1]) or ""
    else:
        index = yield arguments[1], scope
        if scope.code.is_python:
            index = python_index(m.context, before, index)
    try:
        after = replace(m.context, before, index, value, head != "[" or scope.code.is_python)
    except Refusal as refusal:
        if refusal.argument == 1:
            refusal.place = scope.span(arguments[1])
        raise
    _bind(m, environment, name, after, scope)
    return value


def _before(m: Machine, name: str, environment: Environment, node: int, scope: Scope) -> Steps:
    """The vector whose element is to be set."""
    if environment.find(name) is None and not m.symbols.is_declared(name):
        raise Refusal("G101", f"'{name}' has no value yet, so none of it can be set", None, 0)
    return (yield node, scope.within(environment))


def take_field(m: Machine, node: int, scope: Scope) -> Steps:
    """``x$name``."""
    owner, name_node = form_arguments(scope, node, 2, 2)
    value = yield owner, scope
    name = scope.name_of(name_node)
    if name is None:
        raise Refusal("G104", "what follows '$' must be a name", None, 1)
    return field(value, name)


def sequence(m: Machine, node: int, scope: Scope) -> Steps:
    """``{ a; b }``: the last value."""
    value: Value = NULL
    for statement in scope.args(node):
        value = yield statement, scope
    return value


FORMS: tuple[tuple[str, Form], ...] = (
    ("<-", _assignment(False)),
    ("=", _assignment(False)),
    ("<<-", _assignment(True)),
    ("$", take_field),
    ("{", sequence),
)
