"""SymPy in a script: symbols are inputs, expressions are the graph, ``diff`` makes the model.

Nothing of SymPy runs. ``subs`` and ``evalf`` say where the script evaluates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc.frontend import language
from gradc.frontend.actions import Callback, Steps
from gradc.frontend.python.objects import walked
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import (
    ABSENT,
    Bound,
    Dots,
    Evaluated,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Sink,
    Value,
    describe,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

At = tuple[str, Scope, int]

_RANGE = re.compile(r"([^:]*?)(\d*):(\d+)$")


class Symbols(Environment):
    """The names of a formula: symbols, whatever variables the script calls so.

    A variable of the script that is a number says where the symbol is evaluated.
    """

    __slots__ = ("machine",)

    def __init__(self, machine: Machine) -> None:
        super().__init__(None, machine.branches.clock)
        self.machine = machine

    def find(self, name: str) -> Value | None:
        value = self.machine.root.variables.get(name)
        if value is not None:
            return value
        value = self.machine.globals.variables.get(name)
        return value if value is not None and self.machine.is_known_number(value) else None

    def owner(self, name: str) -> Environment | None:
        return self.machine.globals if self.find(name) is not None else None


def _names(text: str) -> list[str]:
    """The names in ``symbols("a b, w0:3")``."""
    found: list[str] = []
    for word in text.replace(",", " ").split():
        match = _RANGE.fullmatch(word)
        if match is None:
            found.append(word)
            continue
        first, last = int(match[2] or 0), int(match[3])
        found += [f"{match[1]}{k}" for k in range(first, min(last, first + 1_000_000))]
    return found


def symbols(m: Machine, at: At, names: Value, dots: Dots) -> Steps:
    """``symbols("a b")``: inputs of these names."""
    yield from ()
    if isinstance(names, Listing):
        inner = [m.context.flat(item, "the name of a symbol", 0) for item in names.items]
        nodes = [_symbol(m, name) for text in inner for name in _names(text)]
        return Listing(nodes, names.is_tuple)
    text = m.context.flat(names, "the name of a symbol", 0)
    found = _names(text)
    if not found or not all(word.isidentifier() for word in found):
        raise Refusal("G103", f"these are no names of symbols: {text!r}", None, 0)
    made = [_symbol(m, name) for name in found]
    is_one = len(found) == 1 and "," not in text and ":" not in text
    return made[0] if is_one else Listing(made, is_tuple=True)


def _symbol(m: Machine, name: str) -> Value:
    value = m.symbols.make(name, m.graph, is_column=True)
    m.root.variables[name] = value
    return value


def symbol(m: Machine, at: At, name: Value, dots: Dots) -> Steps:
    """``Symbol("a")``."""
    yield from ()
    return _symbol(m, m.context.flat(name, "the name of a symbol", 0))


def expression(m: Machine, at: At, value: Value) -> Steps:
    """A text, or a number, as an expression of SymPy."""
    if not isinstance(value, Text):
        return value
    m.context.at = at[1], at[2]
    quoted = language.code_of_text(m.context, value)
    if len(quoted) != 1:
        raise Refusal("G202", "this text is not one expression", None, 0)
    scope = Scope(quoted[0].scope.code, Symbols(m), None, None, opens=True)
    return (yield quoted[0].node, scope)


def sympify(m: Machine, at: At, a: Value, *options: Value) -> Steps:
    """``sympify(text)``, ``S(text)``, ``parse_expr(text)``."""
    return (yield from expression(m, at, a))


def name_of(m: Machine, value: Value) -> str:
    """The symbol that a derivative is taken by."""
    if isinstance(value, Text):
        return m.context.written_out(value)
    if isinstance(value, int) and m.graph.prim(int(value)) == "input":
        return str(m.graph.attrs(int(value)))
    raise Refusal("G202", f"a derivative is taken by a symbol, and not by {describe(value)}")


def diff(m: Machine, at: At, f: Value, dots: Dots) -> Steps:
    """``diff(f, a)``: a model of ``f`` whose parameter is ``a``."""
    if isinstance(f, Outcome):
        raise _second_derivative()
    target = yield from expression(m, at, f)
    node = m.context.builder.real(m.context.node(target, 0))
    by = [item for _, value in dots.items for item in _flat(m, value)]
    if len(by) == 2 and m.is_known_number(by[1]):
        raise _second_derivative()
    names = [name_of(m, item) for item in by]
    if len(names) != 1:
        raise _second_derivative()
    sink = Sink("diff", node, at[1].span(at[2]), tuple(names))
    m.sinks.append(sink)
    return Outcome(sink, "the result of 'diff'", sink.span)


def lambdify(m: Machine, at: At, args: Value, expr: Value, dots: Dots) -> Steps:
    """``lambdify(args, expr)``: a function of the arguments by place."""
    yield from ()
    formals = tuple(name_of(m, item) for item in _flat(m, args))
    sink = _sink(m, at, expr)
    if sink is None:
        raise Refusal("G104", "lambdify() of this is not available", None, 1)
    return replace(sink, formals=formals, callee="lambdify")


def _flat(m: Machine, value: Value) -> list[Value]:
    if not isinstance(value, Listing):
        return [value]
    return [inner for item in value.items for inner in _flat(m, item)]


def _sink(m: Machine, at: At, value: Value) -> Sink | None:
    """The model that an expression, a derivative or a list of derivatives is of."""
    if isinstance(value, Outcome):
        return value.sink
    if isinstance(value, Listing):
        found = [_sink(m, at, item) for item in value.items]
        names: dict[str, None] = {}
        for sink in found:
            if sink is None or found[0] is None or sink.target != found[0].target:
                return None
            names.update(dict.fromkeys(sink.names or ()))
        first = found[0] if found else None
        return None if first is None else replace(first, names=tuple(names) or None)
    if isinstance(value, int) and not isinstance(value, bool):
        return Sink("expression", int(value), at[1].span(at[2]))
    return None


def same(m: Machine, at: At, expr: Value, dots: Dots) -> Steps:
    """``simplify(e)`` and its like: another form of the same value."""
    m.context.at = at[1], at[2]
    m.context.ignore(at[0].rpartition(".")[2])
    return (yield from expression(m, at, expr))


def rational(m: Machine, at: At, p: Value, q: Value) -> Steps:
    """``Rational(p, q)``."""
    yield from ()
    over = m.context.builder.const(1.0) if q is ABSENT else m.context.node(q, 1)
    return m.context.builder.div(m.context.node(p, 0), over)


def piecewise(m: Machine, at: At, dots: Dots) -> Steps:
    """``Piecewise((value, condition), …)``: the first that holds, else NaN."""
    yield from ()
    b = m.context.builder
    result: Value = b.const(float("nan"))
    for _, pair in reversed(dots.items):
        parts = walked(m.context, pair)
        if len(parts) != 2:
            raise Refusal("G103", "Piecewise() takes pairs of a value and a condition")
        value, condition = parts
        if condition is True:
            result = value
        elif condition is not False:
            result = m.context.elementwise(b.select, [condition, value, result])
    return result


# ------------------------------------------------------------------------- methods


def method(
    m: Machine, at: At, bound: Bound, supplied: Sequence[tuple[str | None, Value]]
) -> Value | None:
    """A method of an expression or of a derivative; None where it is no such method."""
    owner, name = bound.owner, bound.name
    is_expression = isinstance(owner, (Outcome, Evaluated)) or (
        isinstance(owner, int) and not isinstance(owner, bool)
    )
    if not is_expression:
        return None
    if name in ("simplify", "expand", "factor", "doit", "cancel", "together", "trigsimp"):
        return owner
    if name == "diff":
        return _derived(m, at, owner, [value for _, value in supplied])
    if name in ("subs", "evalf", "n", "xreplace"):
        return _placed(m, at, owner, name, supplied)
    return None


def _derived(m: Machine, at: At, owner: Value, by: Sequence[Value]) -> Value:
    """``e.diff(a)``."""
    before = owner.sink if isinstance(owner, Outcome) else None
    if before is not None and before.names is not None:
        raise _second_derivative()
    target = before.target if before is not None else int(m.context.node(owner))
    names = tuple(name_of(m, value) for value in by)
    if len(names) != 1:
        raise _second_derivative()
    given = before.given if before is not None else ()
    sink = Sink("diff", target, at[1].span(at[2]), names, given=given)
    m.sinks.append(sink)
    return Outcome(sink, "the result of 'diff'", sink.span)


def _second_derivative() -> Refusal:
    return Refusal(
        "G104", "one derivative at a time is taken here", "--hessian gives all second ones"
    )


def _placed(
    m: Machine, at: At, owner: Value, name: str, supplied: Sequence[tuple[str | None, Value]]
) -> Value | None:
    """The model with the values at which the script asks for it."""
    sink = _sink(m, at, owner)
    if sink is None:
        return None
    by_name = {key: value for key, value in supplied if key is not None}
    values = [value for key, value in supplied if key is None]
    pairs: list[tuple[Value, Value]] = []
    where = by_name.get("subs") if name in ("evalf", "n") else (values[0] if values else None)
    if isinstance(where, Mapped):
        pairs = list(where.entries.values())
    elif isinstance(where, Listing):
        pairs = [(parts[0], parts[1]) for parts in (walked(m.context, p) for p in where.items)]
    elif where is not None and len(values) == 2:
        pairs = [(values[0], values[1])]
    elif where is not None:
        raise Refusal("G103", f"'{name}' takes a dict, pairs, or a symbol and its value")
    given: list[tuple[str, Value]] = []
    for key, value in pairs:
        if not m.is_known_number(value):
            raise Refusal("G104", "only a number can be put in the place of a symbol here")
        given.append((name_of(m, key), value))
    placed = replace(sink, given=(*sink.given, *given))
    m.sinks.append(placed)
    return Outcome(placed, f"the result of '{placed.callee}'", at[1].span(at[2]))


_SAME = "simplify expand factor nsimplify together cancel trigsimp collect"

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("symbols", "names **", None, symbols),
    ("var", "names **", None, symbols),
    ("Symbol", "name **", None, symbol),
    ("Dummy", "name **", None, symbol),
    ("sympify", "a locals? convert_xor? strict? rational? evaluate?", None, sympify),
    ("S", "a", None, sympify),
    ("parse_expr", "s local_dict? transformations? evaluate?", None, sympify),
    ("diff", "f ...", None, diff),
    ("Derivative", "f ...", None, diff),
    ("lambdify", "args expr **", None, lambdify),
    ("Rational", "p q?", None, rational),
    ("Piecewise", "...", None, piecewise),
    *((name, "expr **", None, same) for name in _SAME.split()),
)

NAMES: Mapping[str, str] = {
    "Abs": "abs", "Max": "pmax", "Min": "pmin", "loggamma": "lgamma", "ln": "log",
    "Add": "+", "Mul": "*", "Pow": "**", "Integer": "as.numeric", "Float": "as.numeric",
    "Mod": "%",
}  # fmt: skip
"""What SymPy calls otherwise than NumPy."""
