"""Quoting and evaluating code: ``quote``, ``bquote``, ``substitute``, ``eval``, formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradc.frontend import assembly, language
from gradc.frontend.actions import Callback, Form, Native, Steps
from gradc.frontend.calls import DEPTH_LIMIT, force, form_arguments
from gradc.frontend.context import TURN_COST, Context, vector_of
from gradc.frontend.scope import CALL, NAME, Environment, Scope
from gradc.frontend.sinks import evaluate_sink
from gradc.frontend.texts import as_texts
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Closure,
    Dots,
    Elements,
    Expressions,
    Formula,
    Items,
    Outcome,
    Promise,
    Quoted,
    Refusal,
    Sink,
    Value,
    describe,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


def quote(m: Machine, node: int, scope: Scope) -> Steps:
    """``quote(e)``."""
    arguments = scope.args(node)
    if len(arguments) != 1:
        raise Refusal("G103", f"one expression is quoted at a time, not {len(arguments)}")
    yield from ()
    return language.part(m.context, scope.tree, arguments[0], scope)


def expression(m: Machine, node: int, scope: Scope) -> Steps:
    """``expression(e, …)``: several quoted ones."""
    yield from ()
    parts = [language.quoted(m.context, scope.tree, a, scope) for a in scope.args(node)]
    return Expressions(tuple(parts))


def formula(m: Machine, node: int, scope: Scope) -> Steps:
    """``~ mean`` and ``response ~ mean``."""
    *response, mean = form_arguments(scope, node, 1, 2)
    yield from ()
    sides = [language.quoted(m.context, scope.tree, side, scope) for side in (*response, mean)]
    return Formula(Quoted(node, scope), sides[0] if response else None, sides[-1])


def bquote(m: Machine, node: int, scope: Scope) -> Steps:
    """``bquote(e)``: quoted, but for the parts in ``.( )``, which are evaluated now."""
    (template,) = form_arguments(scope, node, 1, 1)
    m.context.at = scope, node
    tree = scope.tree
    holes: dict[int, Value] = {}
    pending = [template]
    while pending:
        inner = pending.pop()
        if tree.kinds[inner] == CALL and tree.head(inner) == "." and len(tree.args(inner)) == 1:
            value = yield tree.args(inner)[0], scope
            holes[inner] = value
        else:
            pending += reversed(tree.children(inner))
    m.context.at = scope, node
    return assembly.rewritten(
        m.context, tree, template, lambda owner, n: holes.get(n) if owner is tree else None
    )


def substitute(m: Machine, node: int, scope: Scope) -> Steps:
    """``substitute(e, list(…))``: names replaced by values; in a function by its arguments."""
    target, *where = form_arguments(scope, node, 1, 2)
    values: dict[str, Value] = {}
    if where:
        given = yield where[0], scope
        values = _named_values(given)
    elif scope.activation is not None:
        values = dict(scope.activation.environment.variables)
    m.context.at = scope, node
    quoted = language.quoted(m.context, scope.tree, target, scope)
    done = assembly.substituted(m.context, quoted, values)
    return language.part(m.context, done.scope.tree, done.node, done.scope)


def _named_values(given: Value) -> dict[str, Value]:
    if not isinstance(given, (Items, Elements)) or given.names is None:
        raise Refusal("G202", f"values by name are needed here, not {describe(given)}", None, 1)
    parts = given.values if isinstance(given, Items) else given.items
    return {name: value for name, value in zip(given.names, parts, strict=True) if name}


def evaluate(
    m: Machine, at: tuple[str, Scope, int], value: Value, envir: Value, enclos: Value
) -> Steps:
    """``eval(e)``: a quoted expression evaluated where the call stands, or among given values."""
    _, scope, _ = at
    if isinstance(value, Sink):
        given = () if envir is ABSENT else tuple(_environment_values(envir).items())
        return (yield from evaluate_sink(m, at, value, given))
    parts = value.quoted if isinstance(value, Expressions) else (value,)
    result: Value = NULL
    for part in parts:
        if not isinstance(part, Quoted):
            return part
        environment = _environment(m, scope, envir)
        opens = not scope.code.is_prelude
        inner = Scope(part.scope.code, environment, scope.activation, scope.place, opens)
        result = yield from _nested(m, part.node, inner)
    return result


def _nested(m: Machine, node: int, scope: Scope) -> Steps:
    """Quoted code evaluated, which may be what evaluates it."""
    m.context.spend(TURN_COST)
    if m.evaluations >= DEPTH_LIMIT:
        raise Refusal(
            "G105",
            "this code evaluates itself too deep",
            f"the limit is {DEPTH_LIMIT:,}; the condition that ends it must be known"
            " when the model is compiled",
        )
    m.evaluations += 1
    try:
        return (yield node, scope)
    finally:
        m.evaluations -= 1


def _environment_values(envir: Value) -> dict[str, Value]:
    return _named_values(envir) if isinstance(envir, (Items, Elements)) else {}


def _environment(m: Machine, scope: Scope, envir: Value) -> Environment:
    """The variables that ``eval`` sees: those of the call, and given ones in front of them."""
    values = {} if envir is ABSENT else _environment_values(envir)
    if not values:
        return scope.environment
    environment = Environment(scope.environment, m.branches.clock)
    environment.variables.update(values)
    return environment


def with_(m: Machine, node: int, scope: Scope) -> Steps:
    """``with(data, e)``: an expression evaluated among the columns of a list."""
    data, inner = form_arguments(scope, node, 2, 2)
    value = yield data, scope
    if isinstance(value, Promise):
        value = yield from force(m, value)
    if isinstance(value, Outcome):
        return value
    environment = Environment(scope.environment, m.branches.clock)
    environment.variables.update(_named_values(value))
    return (yield inner, scope.within(environment))


def _check_here(function: str, where: Sequence[Value]) -> None:
    """Refuse to look anywhere but where the call stands."""
    if any(value is not ABSENT for value in where):
        raise Refusal("G104", f"an environment given to '{function}' is not available")


def assign(m: Machine, at: tuple[str, Scope, int], x: Value, value: Value, *where: Value) -> Steps:
    """``assign("x", value)``."""
    yield from ()
    _check_here("assign", where)
    m.bind(at[1].environment, m.context.flat(x, "the name of a variable", 0), value)
    return value


def get(m: Machine, at: tuple[str, Scope, int], x: Value, *options: Value) -> Steps:
    """``get("x")``: the variable of that name, or else the function."""
    _check_here("get", (*options[:1], *options[2:]))
    name, scope = m.context.flat(x, "the name of a variable", 0), at[1]
    value = scope.environment.find(name)
    if isinstance(value, Promise):
        value = yield from force(m, value)
    if value is None:
        value = m.library.find(name, scope.code)
    if value is None:
        raise Refusal("G101", f"there is no variable '{name}'", None, 0)
    return value


def attach(m: Machine, at: tuple[str, Scope, int], what: Value, *options: Value) -> Steps:
    """``attach(d)``: the columns as variables, where the script has no others of their names."""
    yield from ()
    for name, value in _named_values(what).items():
        before = m.globals.variables.get(name)
        if before is None or before is m.attached.get(name):
            m.attached[name] = value
            m.bind(m.globals, name, value)
    return NULL


def exists(m: Machine, at: tuple[str, Scope, int], x: Value, *options: Value) -> Steps:
    """``exists("x")``."""
    yield from ()
    _check_here("exists", options)
    name = m.context.flat(x, "the name of a variable", 0)
    found = at[1].environment.find(name) or m.library.find(name, at[1].code)
    return found is not None


def match_argument(m: Machine, node: int, scope: Scope) -> Steps:
    """``match.arg(x)``: the choice that was made, or the first of the choices."""
    argument, *choices = form_arguments(scope, node, 1, 2)
    value = yield argument, scope
    if choices:
        given = yield choices[0], scope
        return value if value is not NULL else vector_of(m.context.atoms(given)[:1])
    return value.at(0) if isinstance(value, Elements) and len(value) else value


# ------------------------------------------------------------------------- natives


def body(context: Context, fun: Value) -> Value:
    """``body(f)``."""
    if not isinstance(fun, Closure):
        raise Refusal("G202", f"{describe(fun)} has no body", None, 0)
    tree = fun.scope.tree
    return language.part(context, tree, tree.body(fun.node), fun.scope)


def formals(context: Context, fun: Value) -> Value:
    """``formals(f)``."""
    if not isinstance(fun, Closure):
        raise Refusal("G202", f"{describe(fun)} has no arguments to list", None, 0)
    return language.formals_of(context, fun)


def formal_names(context: Context, fun: Value) -> Value:
    """``formalArgs(f)``."""
    listed = formals(context, fun)
    names = listed.names if isinstance(listed, Items) else None
    return language.texts(context, names) if names else NULL


def as_name(context: Context, x: Value) -> Value:
    """``as.name(x)``, ``as.symbol(x)``."""
    if isinstance(x, Quoted):
        return x
    texts = as_texts(context, x, 0)
    if not texts:
        raise Refusal("G103", "a name is made of a text, and there is none", None, 0)
    made = assembly.Assembly(context)
    return made.quoted(made.name(context.written_out(texts[0])))


def as_call(context: Context, x: Value) -> Value:
    """``as.call(list(f, …))``."""
    if isinstance(x, Quoted):
        return x
    if not isinstance(x, Items) or not x.values:
        raise Refusal("G202", "as.call() takes a list: the function, then its arguments", None, 0)
    names = x.names or ("",) * len(x.values)
    arguments = [(name or None, v) for name, v in zip(names[1:], x.values[1:], strict=True)]
    return assembly.make_call(context, x.values[0], arguments)


def call_(context: Context, name: Value, dots: Dots) -> Value:
    """``call("f", …)``."""
    return assembly.make_call(context, context.text(name, "a function's name", 0), dots.items)


def all_variables(context: Context, x: Value) -> Value:
    """``all.vars(e)``."""
    quoted = x.quoted if isinstance(x, Expressions) else (language.expression_of(context, x),)
    names: dict[str, None] = {}
    for part in quoted:
        if part is None:
            raise Refusal("G202", f"{describe(x)} is no expression", None, 0)
        names.update(dict.fromkeys(language.names_in(part)))
    return language.texts(context, list(names)) if names else Elements(())


def reformulate(context: Context, terms: Value, response: Value, intercept: Value) -> Value:
    """``reformulate(terms, response)``: terms side by side in a formula."""
    if intercept not in (ABSENT, True):
        raise Refusal("G104", "a formula without an intercept is not available", None, 2)
    added: Quoted | None = None
    for text in as_texts(context, terms, 0):
        (term,) = language.code_of_text(context, text)
        added = term if added is None else _plus(context, added, term)
    if added is None:
        raise Refusal("G103", "there is no term", None, 0)
    sides: list[tuple[str | None, Value]] = [(None, added)]
    if response not in (ABSENT, NULL):
        is_code = language.expression_of(context, response)
        sides.insert(0, (None, is_code or as_name(context, response)))
    whole = assembly.make_call(context, context.made("~"), sides)
    made = language.formula_of(context, whole)
    return NULL if made is None else made


def _plus(context: Context, left: Quoted, right: Quoted) -> Quoted:
    return assembly.make_call(context, context.made("+"), [(None, left), (None, right)])


def str2lang(context: Context, s: Value) -> Value:
    """``str2lang(s)``."""
    found = language.one_expression(context, s)
    return language.part(context, found.scope.tree, found.node, found.scope)


def parse(
    context: Context, file: Value, n: Value, text: Value, prompt: Value, keep: Value
) -> Value:
    """``parse(text = …)``."""
    return language.parse(context, text, keep, file)


def as_expressions(context: Context, x: Value) -> Value:
    """``as.expression(x)``."""
    if isinstance(x, Expressions):
        return x
    made = assembly.as_expression(context, x)
    quoted = language.expression_of(context, made)
    return made if quoted is None else Expressions((quoted,))


def _is(test: type | tuple[type, ...]) -> Native:
    def call(context: Context, x: Value) -> Value:
        return isinstance(x, test)

    return call


def is_name(context: Context, x: Value) -> Value:
    """``is.name(x)``."""
    return isinstance(x, Quoted) and x.scope.kinds[x.node] == NAME


def is_call(context: Context, x: Value) -> Value:
    """``is.call(x)``."""
    return isinstance(x, Formula) or (isinstance(x, Quoted) and x.scope.kinds[x.node] == CALL)


FORMS: tuple[tuple[str, Form], ...] = (
    ("quote", quote),
    ("expression", expression),
    ("~", formula),
    ("bquote", bquote),
    ("substitute", substitute),
    ("with", with_),
    ("match.arg", match_argument),
)

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("eval", "expr envir? enclos?", None, evaluate),
    ("assign", "x value pos? envir? inherits?", None, assign),
    ("get", "x envir? mode? inherits?", None, get),
    ("attach", "what pos? name? warn.conflicts?", None, attach),
    ("exists", "x where? envir? inherits?", None, exists),
)

NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("parse", "file? n? text? prompt? keep.source?", parse),
    ("str2lang", "s", str2lang),
    ("str2expression", "text", lambda context, text: language.parse(context, text, ABSENT)),
    ("as.formula", "object env?", language.as_formula),
    ("formula", "x env?", language.as_formula),
    ("reformulate", "termlabels response? intercept?", reformulate),
    ("as.expression", "x", as_expressions),
    ("as.name", "x", as_name),
    ("as.symbol", "x", as_name),
    ("as.call", "x", as_call),
    ("call", "name ...", call_),
    ("body", "fun", body),
    ("body<-", "fun value", assembly.with_body),
    ("formals", "fun", formals),
    ("formalArgs", "def", formal_names),
    ("all.vars", "expr", all_variables),
    ("is.name", "x", is_name),
    ("is.symbol", "x", is_name),
    ("is.call", "x", is_call),
    ("is.list", "x", _is(Items)),
    ("is.expression", "x", _is(Expressions)),
)
