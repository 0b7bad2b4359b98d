"""Calls that define the model: ``deriv`` and ``D``, the optimisers, ``nls``.

A sink runs nothing. It says what is differentiated, which inputs are parameters, and where the
script itself would evaluate: the starting values, the data that it passes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc.frontend import assembly, language
from gradc.frontend.actions import Action, Callback, Steps
from gradc.frontend.calls import force
from gradc.frontend.context import Context
from gradc.frontend.scope import Moment, Scope
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Closure,
    Dots,
    Elements,
    Evaluated,
    Expressions,
    Formula,
    Items,
    Listing,
    Outcome,
    Promise,
    Quoted,
    Refusal,
    Sink,
    Value,
    describe,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

At = tuple[str, Scope, int]


def _names(context: Context, value: Value, function: str, argument: int) -> tuple[str, ...]:
    items = value.items if isinstance(value, Elements) else (value,)
    if not all(isinstance(item, Text) for item in items) or (function == "D" and len(items) != 1):
        message = f"'{function}' takes the names of parameters as text"
        raise Refusal("G202", message, None, argument)
    return tuple(context.as_characters(item) for item in items)  # type: ignore[arg-type]


def _target(context: Context, function: str, value: Value) -> Quoted | Formula:
    """What is differentiated: a formula without a left side, or a quoted expression."""
    if isinstance(value, Formula):
        # As in R, what stands on the left of a formula is not looked at.
        return value if value.response is None else Formula(value.call, None, value.mean)
    if isinstance(value, Expressions) and value.quoted:
        value = value.quoted[0]
    if isinstance(value, Quoted):
        made = language.formula_of(context, value)
        return _target(context, function, made) if made is not None else value
    expression = language.expression_of(context, value)
    if expression is not None:
        return expression
    if isinstance(value, Sink):
        raise Refusal("G104", "a derivative of a derivative is asked for by --hessian", None, 0)
    if isinstance(value, int) and function == "D" and context.number(value) is not None:
        constant = assembly.as_expression(context, value)
        if isinstance(constant, Quoted):
            return constant
    raise Refusal(
        "G202",
        f"'{function}' takes a formula or a quoted expression, not {describe(value)}",
        "write ~ in front of it" if function != "D" else "write it inside quote()",
        0,
    )


def deriv(
    m: Machine,
    at: At,
    expr: Value,
    namevec: Value,
    function_arg: Value,
    tag: Value,
    hessian: Value,
    *dots: Value,
) -> Steps:
    """``deriv(~ e, c("a", "b"))`` and ``deriv3``."""
    yield from ()
    name = at[0]
    target = _target(m.context, name, expr)
    names = _names(m.context, namevec, name, 1)
    formals: tuple[str, ...] | None = None
    given: tuple[tuple[str, Value], ...] = ()
    if isinstance(function_arg, Closure):
        tree = function_arg.scope.tree
        formals = tree.params(function_arg.node)
        pairs = zip(formals, tree.defaults(function_arg.node), strict=True)
        given = tuple(
            (formal, language.part(m.context, tree, default, function_arg.scope))
            for formal, default in pairs
            if default >= 0
        )
    elif function_arg is True:
        formals = names
    elif function_arg not in (ABSENT, NULL, False):
        formals = _names(m.context, function_arg, name, 2)
    return _noted(m, Sink(name, target, at[1].span(at[2]), names, None, given, formals))


def d(m: Machine, at: At, expr: Value, name: Value) -> Steps:
    """``D(e, "x")``: R's derivative as an expression, and a model of ``e`` where it ends."""
    yield from ()
    target = _target(m.context, "D", expr)
    sink = Sink("D", target, at[1].span(at[2]), _names(m.context, name, "D", 1))
    m.derivatives.append(sink)
    return sink


def _noted(m: Machine, sink: Sink) -> Sink:
    m.sinks.append(sink)
    return sink


def _evaluating(m: Machine, sink: Sink) -> Sink:
    """A sink that evaluates its target here, with the variables as they are now."""
    target = sink.target
    if isinstance(target, int):
        return _noted(m, sink)
    scope = target.call.scope if isinstance(target, Formula) else target.scope
    moment = Moment(scope.environment)
    m.context.spend(len(moment))
    return _noted(m, replace(sink, moment=moment))


def evaluate_sink(m: Machine, at: At, sink: Sink, given: tuple[tuple[str, Value], ...]) -> Steps:
    """What ``eval`` makes of a derivative.

    Inside of a model it is the value of the expression. Outside it is what only R can tell,
    with the values at which the script asks for it.
    """
    named = {**dict(sink.given), **_local_numbers(m, at[1]), **dict(given)}
    placed = replace(sink, given=tuple(named.items()))
    if m.in_sink or sink.callee == "D":
        expression = language.expression_of(m.context, sink if sink.callee == "D" else sink.target)
        if expression is None:
            raise Refusal("G104", "this derivative has no expression")
        value = yield from _among(m, at[1], expression, named)
        if m.in_sink:
            return value
        m.derivatives.append(placed)
        return Evaluated(placed, value)
    placed = _evaluating(m, placed)
    return Outcome(placed, f"the result of '{sink.callee}'", at[1].span(at[2]))


def _local_numbers(m: Machine, scope: Scope) -> dict[str, Value]:
    """Numbers that a call of ``with`` or a function puts in front of the script's variables."""
    found: dict[str, Value] = {}
    environment = scope.environment
    while environment is not m.globals and environment.parent is not None:
        for name, value in environment.variables.items():
            if m.is_known_number(value):
                found.setdefault(name, value)
        environment = environment.parent
    return found


def _among(m: Machine, scope: Scope, expression: Quoted, given: dict[str, Value]) -> Steps:
    from gradc.frontend.scope import Environment

    tree = expression.scope.tree
    root = tree.args(expression.node)[-1] if tree.head(expression.node) == "~" else expression.node
    environment = scope.environment
    if given:
        environment = Environment(scope.environment, m.branches.clock)
        environment.variables.update(given)
    inner = Scope(expression.scope.code, environment, scope.activation, scope.place, True)
    return (yield root, inner)


def call_derivative(
    m: Machine, at: At, sink: Sink, supplied: Sequence[tuple[str | None, Value]]
) -> Steps:
    """A call of the function that ``deriv`` made with ``function.arg``."""
    from gradc.frontend.arguments import match

    if sink.formals is None:
        raise Refusal(
            "G202",
            f"the result of '{sink.callee}' is no function",
            "function.arg = TRUE makes it one",
        )
    matched, _ = match(sink.callee, sink.formals, supplied)
    given: list[tuple[str, Value]] = []
    for formal, value in zip(sink.formals, matched, strict=True):
        if isinstance(value, Promise):
            value = yield from force(m, value)
        if value is not None and value is not ABSENT:
            given.append((formal, value))
    return (yield from evaluate_sink(m, at, sink, tuple(given)))


# ------------------------------------------------------------------------- optimisers


def _objective(m: Machine, at: At, start: Value, function: Value, dots: Dots, what: str) -> Sink:
    """A function handed to an optimiser, with where it starts and what it is given."""
    if isinstance(function, Action):
        raise Refusal("G104", f"'{what}' minimises a function of yours, not '{function.name}'")
    if not isinstance(function, Closure):
        raise Refusal("G202", f"'{what}' takes a function, not {describe(function)}")
    given = _passed_on(function, dots)
    if isinstance(start, Outcome) and start.sink is not None:
        start = start.sink.start if start.sink.start is not None else start
    names: tuple[str, ...] | None = None
    if isinstance(start, (Items, Elements)):
        names = start.names
    if names is not None and (not all(names) or len(set(names)) != len(names)):
        names = None
    sink = Sink(what, function, at[1].span(at[2]), names, start, given)
    return _evaluating(m, sink)


def _passed_on(function: Closure, dots: Dots) -> tuple[tuple[str, Value], ...]:
    """What an optimiser hands to the function: by name, and by place among the others."""
    taken = {name for name, _ in dots.items if name}
    formals = function.scope.tree.params(function.node)[1:]
    free = [formal for formal in formals if formal not in taken and formal != "..."]
    given: list[tuple[str, Value]] = []
    for name, value in dots.items:
        if not name and not free:
            raise Refusal("G202", "the optimiser is given more than its function takes")
        given.append((name or free.pop(0), value))
    return tuple(given)


def optim(
    m: Machine, at: At, par: Value, fn: Value, gr: Value, dots: Dots, *options: Value
) -> Steps:
    """``optim(par, fn, gr, …)``, ``optimr``, ``optimx`` and their like."""
    yield from ()
    return _outcome(_objective(m, at, par, fn, dots, at[0]))


def constrained(m: Machine, at: At, theta: Value, f: Value, *rest: Value) -> Steps:
    """``constrOptim(theta, f, …)``."""
    yield from ()
    dots = next((value for value in rest if isinstance(value, Dots)), Dots(()))
    return _outcome(_objective(m, at, theta, f, dots, "constrOptim"))


def nlm(m: Machine, at: At, f: Value, p: Value, dots: Dots, *options: Value) -> Steps:
    """``nlm(f, p, …)``."""
    yield from ()
    return _outcome(_objective(m, at, p, f, dots, "nlm"))


def nlminb(
    m: Machine,
    at: At,
    start: Value,
    objective: Value,
    gradient: Value,
    hessian: Value,
    dots: Dots,
    *options: Value,
) -> Steps:
    """``nlminb(start, objective, …)``."""
    yield from ()
    return _outcome(_objective(m, at, start, objective, dots, "nlminb"))


def optimize(m: Machine, at: At, f: Value, interval: Value, dots: Dots, *options: Value) -> Steps:
    """``optimize(f, interval, …)``: a function of one number, which starts nowhere."""
    yield from ()
    return _outcome(_objective(m, at, NULL, f, dots, at[0]))


def grad(m: Machine, at: At, func: Value, x: Value, dots: Dots) -> Steps:
    """``numDeriv::grad(f, x)``: the function, at that point."""
    yield from ()
    return _outcome(_objective(m, at, x, func, dots, at[0]))


def minimize(m: Machine, at: At, fun: Value, x0: Value, args: Value, *options: Value) -> Steps:
    """SciPy's ``minimize(fun, x0, args=…)``."""
    yield from ()
    extra: tuple[Value, ...] = ()
    if args is not ABSENT:
        extra = tuple(args.items) if isinstance(args, Listing) and args.is_tuple else (args,)
    formals = fun.scope.tree.params(fun.node)[1:] if isinstance(fun, Closure) else ()
    dots = Dots(tuple(zip(formals, extra, strict=False)))
    return _outcome(_objective(m, at, x0, fun, dots, "minimize"))


def nls(
    m: Machine,
    at: At,
    formula: Value,
    data: Value,
    start: Value,
    control: Value,
    algorithm: Value,
    trace: Value,
    subset: Value,
    weights: Value,
    *options: Value,
) -> Steps:
    """``nls(y ~ f, data, start)``: the residual sum of squares."""
    yield from ()
    context = m.context
    for name, changed in (("subset", subset), ("weights", weights)):
        if changed not in (ABSENT, NULL):
            message = f"'{name}' of nls changes what is minimised, and is not available"
            raise Refusal("G104", message, "leave out rows, or weigh them, in the formula")
    if isinstance(algorithm, Text) and context.written_out(algorithm) == "plinear":
        raise Refusal("G104", 'algorithm = "plinear" of nls is not available')
    made: Value | None = formula
    if not isinstance(made, Formula):
        made = language.as_formula(context, formula)
    if not isinstance(made, Formula):
        raise Refusal("G202", "'nls' takes a formula", None, 0)
    names: tuple[str, ...] | None = None
    given: dict[str, Value] = {}
    if isinstance(data, Items) and data.names is not None:
        given.update(zip(data.names, data.values, strict=True))
    if start not in (ABSENT, NULL):
        if not isinstance(start, (Items, Elements)) or start.names is None:
            raise Refusal("G202", "'start' of nls is a list of values by name", None, 2)
        names = start.names
        parts: Sequence[Value] = start.values if isinstance(start, Items) else start.items
        given.update(zip(names, parts, strict=True))
    sink = Sink("nls", made, at[1].span(at[2]), names, None, tuple(given.items()))
    return _outcome(_evaluating(m, sink))


def _outcome(sink: Sink) -> Outcome:
    return Outcome(sink, f"the result of '{sink.callee}'", sink.span)


_OPTIONS = "method? lower? upper? control? hessian?"
_NLM = (
    "hessian? typsize? fscale? print.level? ndigit? gradtol? stepmax? steptol? iterlim?"
    " check.analyticals?"
)

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("optimize", "f interval? ... lower? upper? maximum? tol?", "f", optimize),
    ("optimise", "f interval? ... lower? upper? maximum? tol?", "f", optimize),
    ("constrOptim", f"theta f grad? ui? ci? mu? ... {_OPTIONS}", "f", constrained),
    ("grad", "func x ...", "func", grad),
    ("jacobian", "func x ...", "func", grad),
    ("hessian", "func x ...", "func", grad),
    ("optimHess", "par fn gr? ... control?", "fn", optim),
    ("deriv", "expr namevec function.arg? tag? hessian? ...", None, deriv),
    ("deriv3", "expr namevec function.arg? tag? hessian? ...", None, deriv),
    ("D", "expr name", None, d),
    ("optim", f"par fn gr? ... {_OPTIONS}", "fn", optim),
    ("optimr", f"par fn gr? ... {_OPTIONS}", "fn", optim),
    ("optimx", f"par fn gr? ... hess? {_OPTIONS} itnmax?", "fn", optim),
    ("opm", f"par fn gr? ... hess? {_OPTIONS}", "fn", optim),
    ("nlm", f"f p ... {_NLM}", "f", nlm),
    (
        "nlminb",
        "start objective gradient? hessian? ... scale? control? lower? upper?",
        "objective",
        nlminb,
    ),
    (
        "nls",
        "formula data? start? control? algorithm? trace? subset? weights? na.action? model?"
        " lower? upper? ...",
        None,
        nls,
    ),
)

PYTHON_CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    (
        "minimize",
        "fun x0 args? method? jac? hess? hessp? bounds? constraints? tol? callback? options?",
        "fun",
        minimize,
    ),
)
