"""Calls: finding out what is called, matching its arguments, running the user's functions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from gradc.errors import fail
from gradc.frontend.actions import Action, Broken, Continued, Raised, Returned, Steps
from gradc.frontend.arguments import DOTS, match, starred, without_stars
from gradc.frontend.context import TURN_COST
from gradc.frontend.scope import (
    CALL,
    CONST,
    MISSING,
    NAME,
    NUM,
    STR,
    Activation,
    Environment,
    Scope,
)
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Bound,
    Closure,
    Dots,
    Elements,
    Outcome,
    Promise,
    Refusal,
    Sink,
    Unresolved,
    Value,
    describe,
)
from gradc.frontend.variables import attribute_of, found, spread
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

DEPTH_LIMIT = 20_000
"""How deep functions may call each other."""

Named = tuple[str | None, Value]
Lookup: TypeAlias = "Generator[tuple[int, Scope], Value, Closure | Action | Sink | Bound]"


def force(m: Machine, promise: Promise) -> Steps:
    """Look at an argument."""
    if promise.value is not None:
        return promise.value
    if promise.running:
        raise Refusal("G104", "this argument is needed to find its own value")
    recalled = m.branches.recall(promise)
    if recalled is not None:
        return m.branches.looked(promise, recalled)
    promise.running = True
    try:
        value = yield promise.node, promise.scope
    finally:
        promise.running = False
    return m.branches.forced(promise, value)


def call_node(m: Machine, node: int, scope: Scope) -> Steps:
    """A call in the text, whatever it calls."""
    tree = scope.code.tree
    target = yield from callee(m, tree.fn(node), scope)
    if isinstance(target, Action) and target.form is not None:
        return (yield from target.form(m, node, scope))
    supplied = yield from _supplied(m, node, scope, target)
    name = function_name(scope, node)
    if isinstance(target, Action) and target.callback is not None:
        matched = m.library.complete(target, _matched(m, target, supplied))
        m.context.at = scope, node
        outcome = m.outcome_for(target, matched)
        if outcome is not None:
            return outcome
        return (yield from target.callback(m, (name, scope, node), *matched))
    return (yield from call(m, target, supplied, name, scope, node))


def call(
    m: Machine, target: Value, supplied: Sequence[Named], name: str, scope: Scope, node: int
) -> Steps:
    """A function applied to values."""
    if isinstance(target, Closure):
        return (yield from call_closure(m, target, supplied, name, scope, node))
    if isinstance(target, Sink):
        return (yield from m.call_derivative(m, (name, scope, node), target, supplied))
    if isinstance(target, Bound):
        return (yield from m.call_method(m, (name, scope, node), target, supplied))
    if not isinstance(target, Action):
        raise Refusal("G202", f"{describe(target)} is no function")
    if target.form is not None:
        raise Refusal("G104", f"'{target.name}' cannot be passed to a function")
    values = []
    for argument, value in supplied:
        forced = (yield from force(m, value)) if isinstance(value, Promise) else value
        values.append((argument, forced))
    unnamed = all(argument is None for argument, _ in values)
    one = target.direct.get(len(values))
    if one is not None and unnamed:
        return m.context.elementwise(one, [value for _, value in values])
    if target.prelude is not None:
        closure = m.library.closure(m, target)
        return (yield from call_closure(m, closure, values, target.name, scope, node))
    matched = _matched(m, target, values)
    if target.callback is not None:
        completed = m.library.complete(target, matched)
        m.context.at = scope, node
        outcome = m.outcome_for(target, completed)
        if outcome is not None:
            return outcome
        return (yield from target.callback(m, (name, scope, node), *completed))
    m.context.at = scope, node
    if target.native is not None:
        return m.library.run(target, matched)
    for formal, value in zip(target.formals, matched, strict=True):
        if value is ABSENT:
            raise Refusal("G103", f"the argument '{formal}' of '{target.name}' is missing")
    return m.context.elementwise(target.direct[len(target.formals)], matched)


def _matched(m: Machine, target: Action, supplied: Sequence[Named]) -> list[Value]:
    """One value a formal; what ``...`` takes is one :class:`Dots`."""
    formals = [formal.rstrip("?") for formal in target.formals]
    given, extra = match(target.name, formals, supplied, not m.context.is_python)
    return [
        Dots(extra) if formal in DOTS else ABSENT if value is None else value
        for formal, value in zip(formals, given, strict=True)
    ]


def _supplied(
    m: Machine, node: int, scope: Scope, target: Closure | Action | Sink | Bound
) -> Generator[tuple[int, Scope], Value, list[Named]]:
    """The arguments of a call, as promises where the function is written in R."""
    tree = scope.code.tree
    arguments = list(tree.args(node))
    names = tree.argnames(node) or (None,) * len(arguments)
    lazy = not isinstance(target, Action) or target.prelude is not None
    if scope.code.is_python:
        lazy = False  # Python looks at all arguments before the call, from the left
    function_at = _callee_place(target, names, m.context.is_python)
    supplied: list[Named] = []
    for k, (name, argument) in enumerate(zip(names, arguments, strict=True)):
        if scope.kinds[argument] == NAME and scope.data[argument] == scope.code.dots:
            dots = scope.environment.find("...")
            if not isinstance(dots, Dots):
                raise Refusal("G104", "'...' outside of a function that has it", None, k)
            m.context.spend(len(dots.items))
            for extra_name, value in dots.items:
                if not lazy and isinstance(value, Promise):
                    value = yield from force(m, value)
                supplied.append((extra_name, value))
        elif scope.code.is_python and tree.head(argument) in ("*args", "**args"):
            value = yield tree.args(argument)[0], scope
            supplied += spread(m, value, tree.head(argument) == "**args")
        elif k == function_at:
            supplied.append((name, (yield from callee(m, argument, scope))))
        elif lazy:
            supplied.append((name, promise(m, argument, scope)))
        else:
            value = yield argument, scope
            supplied.append((name, value))
    return supplied


def _callee_place(target: Value, names: Sequence[str | None], exact: bool) -> int | None:
    """Which argument of ``sapply`` and its like is the function."""
    if not isinstance(target, Action) or target.callee is None:
        return None
    formals = [formal.rstrip("?") for formal in target.formals]
    numbered: list[tuple[str | None, int]] = [(name, k) for k, name in enumerate(names)]
    given, _ = match(target.name, formals, numbered, not exact)
    return given[formals.index(target.callee)]


def promise(m: Machine, node: int, scope: Scope) -> Value:
    """An argument not looked at yet, or its value where that can never change."""
    if scope.kinds[node] in (NUM, STR, CONST, MISSING):
        return m.leaf(node, scope)
    return Promise(node, scope)


def call_closure(
    m: Machine, closure: Closure, supplied: Sequence[Named], name: str, scope: Scope, node: int
) -> Steps:
    """A user's function: its body in a new environment, its arguments bound."""
    branches = m.branches
    m.context.spend(TURN_COST)
    if len(branches.activations) >= DEPTH_LIMIT:
        raise Refusal(
            "G105",
            f"'{name}' calls itself too deep",
            f"the limit is {DEPTH_LIMIT:,}; the condition that ends it must be known"
            " when the model is compiled",
        )
    activation, inner = _open(m, closure, supplied, name, scope, node)
    branches.activations.append(activation)
    code = closure.scope.code
    body = code.tree.body(closure.node)
    try:
        value = yield body, inner
        if code.is_python and code.tree.head(body) == "{":
            value = NULL  # a function of Python gives nothing but what it returns
    except Returned as signal:
        if signal.activation is not activation:
            raise
        value = signal.value
    except Raised:
        early = branches.gone(activation)
        if early is None:
            raise
        value = early
    except (Broken, Continued):
        raise fail("G104", "'break' or 'next' outside of a loop", scope.span(node)) from None
    finally:
        branches.activations.pop()
    return branches.close(activation, value, scope.span(node))


def _open(
    m: Machine, closure: Closure, supplied: Sequence[Named], name: str, scope: Scope, node: int
) -> tuple[Activation, Scope]:
    """The environment of a call, its parameters bound."""
    code = closure.scope.code
    tree = code.tree
    formals = tree.params(closure.node)
    marked = without_stars(formals) if code.is_python else formals
    given, extra = match(name, marked, supplied, not code.is_python)
    stars = {} if marked is formals else starred(name, formals, extra)
    environment = Environment(closure.scope.environment, m.branches.clock)
    activation = Activation(environment)
    place = scope.span(node) if code.is_prelude else None
    inner = Scope(code, environment, activation, place, m.in_sink and not code.is_prelude)
    missing = set()
    known = closure.defaults or (None,) * len(formals)
    for k, (formal, value, default) in enumerate(
        zip(formals, given, tree.defaults(closure.node), strict=True)
    ):
        if formal == "...":
            value = Dots(extra)
        elif formal in stars:
            formal, value = formal.lstrip("*"), stars[formal]
        elif value is None or value is ABSENT:
            missing.add(formal)
            early = known[k]
            value = (
                early if early is not None else _default(name, formal, default, inner, scope, node)
            )
        environment.variables[formal] = value
    activation.missing = frozenset(missing)
    return activation, inner


def _default(name: str, formal: str, default: int, inner: Scope, scope: Scope, node: int) -> Value:
    if default >= 0:
        return Promise(default, inner)
    message = f"the argument '{formal}' of '{name}' is missing"
    return Unresolved("G103", message, scope.span(node))


def function_name(scope: Scope, node: int) -> str:
    """What to call a called function in messages."""
    if scope.kinds[node] != CALL:
        return "this function"
    return scope.name_of(scope.code.tree.fn(node)) or "this function"


def callee(m: Machine, node: int, scope: Scope) -> Lookup:
    """What a node means where a function is expected."""
    tree = scope.code.tree
    while tree.head(node) == "(" and len(tree.args(node)) == 1:
        node = tree.args(node)[0]
    if tree.head(node) in ("::", ":::"):
        return _qualified(m, node, scope)
    if scope.code.is_python and tree.head(node) == "$":
        owner_node, field = tree.args(node)
        owner = yield owner_node, scope
        return Bound(owner, scope.name_of(field) or "")
    name = scope.name_of(node)
    is_word = scope.kinds[node] == STR and scope.code.is_python  # no name of a function there
    if name is not None and not is_word:
        return (yield from named_function(m, name, scope, node))
    value = yield node, scope
    if isinstance(value, Elements) and len(value) == 1:
        value = value.at(0)
    if isinstance(value, Text) and not scope.code.is_python:
        return (yield from named_function(m, m.context.written_out(value), scope, node))
    if not isinstance(value, (Closure, Action, Sink, Bound)):
        complaint = m.context.not_a_number(value)
        if isinstance(value, Unresolved):
            raise complaint
        raise fail("G202", f"{describe(value)} is no function", scope.span(node))
    return value


def _qualified(m: Machine, node: int, scope: Scope) -> Action:
    """``stats::plogis``."""
    package, name = (scope.name_of(part) or "" for part in scope.args(node))
    action = m.library.find(name, scope.code) if package in _PACKAGES else None
    if action is None and m.is_done(scope):
        return passed_over(f"{package}::{name}")
    if action is None:
        raise m.library.unknown(f"{package}::{name}", scope.span(node), (), scope.code)
    return action


_PACKAGES = frozenset({"base", "stats", "methods", "utils", "numDeriv", "optimx"})


def named_function(m: Machine, name: str, scope: Scope, node: int) -> Lookup:
    """The function of a name: as in R, variables that are no functions are passed over."""
    wanted, code = name, scope.code
    environment: Environment | None = scope.environment
    # An argument that is itself a name is followed; what is left to search is kept here.
    postponed: list[tuple[str, Scope, Environment | None]] = []
    while True:
        while environment is not None:
            value = environment.variables.get(name)
            environment = environment.parent
            if isinstance(value, Promise):
                alias = value.scope.name_of(value.node) if value.value is None else None
                if alias is not None:
                    postponed.append((name, scope, environment))
                    name, scope, environment = alias, value.scope, value.scope.environment
                    continue
                value = yield from force(m, value)
            if isinstance(value, (Closure, Action, Bound)) or _is_called(value):
                return value  # type: ignore[return-value]
            if isinstance(value, Unresolved):
                raise m.context.not_a_number(value)
        if scope.code.is_python and "." in name:
            bound = yield from _method(m, name, scope)
            if bound is not None:
                return bound
        action = m.library.find(name, scope.code)
        if action is not None:
            return action
        if not postponed:
            break
        name, scope, environment = postponed.pop()
    if m.is_done(scope):
        return passed_over(wanted)
    raise m.library.unknown(wanted, scope.span(node), user_functions(m.globals), code)


def _method(
    m: Machine, name: str, scope: Scope
) -> Generator[tuple[int, Scope], Value, Bound | None]:
    """The method that a dotted name of Python means, where it begins with a variable."""
    path, _, attribute = name.rpartition(".")
    owner, _, rest = path.partition(".")
    value = found(m, owner, scope)
    if isinstance(value, Promise):
        value = yield from force(m, value)
    if value is not None and rest:
        value = attribute_of(m, value, rest)
    return None if value is None else Bound(value, attribute)


def passed_over(name: str) -> Action:
    """A call behind the one that makes the model: it can only use the result."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        yield from ()
        m.context.at = scope, node
        m.context.ignore(name)
        return Outcome(m.sinks[-1], f"the result of '{name}'", scope.span(node))

    return Action(name, form=form)


def _is_called(value: Value | None) -> bool:
    """Whether a derivative is a function of its own, or has no expression that could be meant."""
    return isinstance(value, Sink) and (value.formals is not None or value.callee != "D")


def user_functions(environment: Environment) -> list[str]:
    """The user's own functions."""
    return [n for n, value in environment.variables.items() if isinstance(value, Closure)]


def form_arguments(scope: Scope, node: int, least: int, most: int) -> list[int]:
    """The arguments of a call that decides itself what to evaluate, counted."""
    arguments = scope.args(node)
    if not least <= len(arguments) <= most:
        name = scope.name_of(scope.code.tree.fn(node)) or "this"
        raise Refusal("G103", f"'{name}' does not take {len(arguments)} arguments")
    return arguments
