"""Assignment: to names, to elements of vectors and lists, to variables further out."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradc.frontend.actions import Action, Form, Steps
from gradc.frontend.calls import form_arguments
from gradc.frontend.columns import plain
from gradc.frontend.index import element, field, python_index, take
from gradc.frontend.matrices import replace_cells
from gradc.frontend.python.objects import object_item, set_object_item, walked
from gradc.frontend.python.sharing import check_alone, fitted, is_array
from gradc.frontend.python.targets import parts_of
from gradc.frontend.replacing import replace
from gradc.frontend.scope import CALL, Environment
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Expressions,
    Formula,
    Items,
    Listing,
    Mapped,
    Outcome,
    Quoted,
    Refusal,
    Value,
)
from gradc.frontend.variables import attribute_of
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope


def _assignment(outwards: bool) -> Form:
    def form(m: Machine, node: int, scope: Scope) -> Steps:
        if scope.code.is_python and len(scope.args(node)) > 2:  # x = y = e
            *targets, source = scope.args(node)
            value = yield source, scope
            for target in targets:
                yield from set_target(m, target, value, scope)
            return value
        target, source = form_arguments(scope, node, 2, 2)
        if scope.code.is_python and _adds_in_place(scope, node, source):
            old = yield target, scope
            if isinstance(old, Listing) and not old.is_tuple:
                more = yield scope.args(source)[1], scope
                if m.branches.is_open:
                    raise _may_not_change()
                old.items.extend(walked(m.context, more))
                return old
        if scope.kinds[target] == CALL:
            if scope.tree.head(target) == "()":
                value = yield source, scope
                yield from set_target(m, target, value, scope)
                return value
            value = yield source, scope
            return (yield from _to_element(m, target, value, scope, outwards))
        name = scope.name_of(target)
        if name is None:
            raise Refusal("G104", "only a variable can be given a value", None, 0)
        if scope.code.is_python and _in_place(scope, node, source):
            array = scope.environment.find(name)
            if array is not None and is_array(m, array):
                check_alone(m, scope, array, None)
        value = yield source, scope
        environment = _owner(m, scope, name, outwards)
        _bind(m, environment, name, value, scope)
        return value

    return form


def _in_place(scope: Scope, node: int, source: int) -> bool:
    """Whether this is ``x *= e`` or its like: the reader writes both operators at one place."""
    tree = scope.tree
    if tree.head(source) is None or len(tree.args(source)) != 2:
        return False
    return tree.starts[tree.fn(source)] == tree.starts[tree.fn(node)]


def _adds_in_place(scope: Scope, node: int, source: int) -> bool:
    """Whether this is ``x += e``."""
    tree = scope.tree
    if tree.head(source) != "+" or len(tree.args(source)) != 2:
        return False
    mark = tree.fn(node)
    same = tree.starts[tree.fn(source)] == tree.starts[mark]
    return same and tree.span(mark).text.startswith("+=")


def _may_not_change() -> Refusal:
    return Refusal("G104", "a list cannot change where only the inputs tell whether it does")


def _owner(m: Machine, scope: Scope, name: str, outwards: bool) -> Environment:
    """Where an assignment goes: outwards for ``<<-`` and for a name that is ``global``."""
    activation = scope.activation
    if outwards or (activation is not None and name in activation.outer):
        return _environment(m, scope, name)
    return scope.environment


def set_target(m: Machine, target: int, value: Value, scope: Scope) -> Steps:
    """Give a value to a target of Python: a name, ``x[i]``, or a tuple of targets."""
    pending = [(target, value)]
    while pending:
        node, part = pending.pop()
        if scope.kinds[node] != CALL:
            name = scope.name_of(node)
            if name is None:
                raise _cannot_set()
            _bind(m, _owner(m, scope, name, False), name, part, scope)
        elif scope.tree.head(node) == "()":
            parts = parts_of(m, node, part, scope)
            pending += reversed(list(zip(scope.args(node), parts, strict=True)))
        elif scope.tree.head(node) == "*args":
            pending.append((scope.args(node)[0], part))
        else:
            yield from _to_element(m, node, part, scope, False)
    return value


def _bind(m: Machine, environment: Environment, name: str, value: Value, scope: Scope) -> None:
    m.bind(environment, name, value)
    named = (environment is m.globals and not m.loops) or m.names_locals
    if named and isinstance(value := plain(value), int):
        m.names.setdefault(int(value), name)


def _environment(m: Machine, scope: Scope, name: str) -> Environment:
    """Where ``<<-`` assigns: to the nearest such variable outside, else globally."""
    outside = scope.environment.parent
    owner = outside.owner(name) if outside is not None else None
    return m.globals if owner is None or owner is m.root else owner


@dataclass(slots=True)
class _Access:
    """One step from a variable to the part of it that is set: ``[i]``, ``[i, j]``, ``$name``."""

    node: int
    head: str
    indices: list[Value]


def _to_element(m: Machine, target: int, value: Value, scope: Scope, outwards: bool) -> Steps:
    """``x[i] <- value``, ``x$name[[i]] <- value``, ``names(x) <- value``."""
    steps, variable = _chain(m, target, scope)
    name = scope.name_of(variable)
    if name is None:
        raise _cannot_set()
    environment = _owner(m, scope, name, outwards)
    if scope.code.is_python:
        environment = scope.environment.owner(name) or environment
    before = yield from _before(m, name, environment, variable, scope)
    owners: list[Value] = []
    for step in steps:
        if scope.code.is_python and is_array(m, before):
            check_alone(m, scope, before, owners[-1] if owners else None)
        owners.append(before)
        step.indices = yield from _indices(m, step, before, scope)
        if step is not steps[-1]:
            before = _part(m, step, before, scope)
    after = fitted(m, owners[-1], value) if scope.code.is_python else value
    for step, owner in zip(reversed(steps), reversed(owners), strict=True):
        after = _replaced(m, step, owner, after, scope)
    _bind(m, environment, name, after, scope)
    return value


def _cannot_set() -> Refusal:
    return Refusal(
        "G104", "values can be given to x, x[i], x[i, j], x[[i]], x$name and names(x) only", None, 0
    )


def _chain(m: Machine, target: int, scope: Scope) -> tuple[list[_Access], int]:
    """The steps of a target from the variable outwards, and the variable."""
    tree = scope.code.tree
    steps: list[_Access] = []
    node = target
    while scope.kinds[node] == CALL:
        head = tree.head(node) or ""
        known = head in ("[", "[[", "$") or _setter(m, head, scope) is not None
        if not known or not tree.args(node):
            raise _cannot_set()
        steps.append(_Access(node, head, []))
        node = tree.args(node)[0]
    return steps[::-1], node


def _setter(m: Machine, head: str, scope: Scope) -> Action | None:
    """The function behind ``f(x) <- value``."""
    return m.library.find(f"{head}<-", scope.code)


def _indices(
    m: Machine, step: _Access, owner: Value, scope: Scope
) -> Generator[tuple[int, Scope], Value, list[Value]]:
    arguments = scope.args(step.node)
    if step.head == "$":
        name = scope.name_of(arguments[1]) or ""
        return [m.context.made(name)]
    found: list[Value] = []
    for argument in arguments[1:]:
        index = yield argument, scope
        if scope.code.is_python and not isinstance(owner, (Listing, Mapped)):
            index = python_index(m.context, owner, index)
        found.append(index)
    return found


def _part(m: Machine, step: _Access, owner: Value, scope: Scope) -> Value:
    """The part that a further step goes into; NULL where it is not there yet."""
    if isinstance(owner, Outcome):
        return owner
    if isinstance(owner, (Listing, Mapped)):
        return object_item(m.context, owner, step.indices[0])
    if step.head not in ("[", "[[", "$"):
        getter = m.library.find(step.head, scope.code)
        if getter is None or getter.native is None:
            raise _cannot_set()
        return m.library.call_native(getter, [owner, *step.indices])
    if owner is NULL:
        return NULL
    if isinstance(owner, Items) and isinstance(step.indices[0], Text):
        name = m.context.written_out(step.indices[0])
        return field(owner, name, exact=step.head != "$")
    dots = Dots(tuple((None, index) for index in step.indices))
    is_code = isinstance(owner, (Quoted, Formula, Expressions))
    count = None if is_code else m.context.length_of(owner)
    if step.head != "[" and count is not None and isinstance(step.indices[0], int):
        place = m.context.whole(step.indices[0], "an index", 1)
        if place > count:
            return NULL
    if step.head != "[":
        return element(m.context, owner, dots, ABSENT)
    return take(m.context, owner, dots, ABSENT, ABSENT)


def _replaced(m: Machine, step: _Access, owner: Value, value: Value, scope: Scope) -> Value:
    arguments = scope.args(step.node)
    m.context.at = scope, step.node
    if isinstance(owner, Outcome):
        return owner
    if isinstance(owner, (Listing, Mapped)):
        if m.branches.is_open:
            raise _may_not_change()
        set_object_item(m.context, owner, step.indices[0], value)
        return owner
    try:
        if step.head not in ("[", "[[", "$"):
            setter = _setter(m, step.head, scope)
            if setter is None:
                raise _cannot_set()
            return m.library.call_native(setter, [owner, *step.indices, value])
        if len(step.indices) == 2:
            rows, columns = step.indices
            return replace_cells(m.context, owner, rows, columns, value)
        if len(step.indices) != 1:
            raise _cannot_set()
        single = step.head != "[" or scope.code.is_python
        return replace(m.context, owner, step.indices[0], value, single)
    except Refusal as refusal:
        if refusal.argument == 1 and len(arguments) > 1:
            refusal.place = scope.span(arguments[1])
        elif refusal.place is None:
            refusal.place = scope.span(step.node)
        raise


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
    if scope.code.is_python:
        return attribute_of(m, value, name)
    if isinstance(value, int) and m.graph.prim(int(value)) == "input":
        raise Refusal(
            "G101",
            f"'{m.graph.attrs(int(value))}' has no value in the script, so '${name}' has none",
            None,
            0,
        )
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
