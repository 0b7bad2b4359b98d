"""Rule texts of the table as small expression trees.

A rule text is written in gradc's own language and read by gradc's own reader; it is small,
so the code here may be recursive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gradc.errors import Source
from gradc.prims import TABLE, Builder
from gradc.syntax import parse_r
from gradc.syntax.tree import Kind, Tree


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter of the rule, or ``out``."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A primitive applied to templates."""

    prim: str
    args: tuple[Template, ...]


Template = Number | Variable | Apply

_BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "^": "pow",
    "%%": "mod",
    "%/%": "idiv",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
    "&": "and",
    "|": "or",
}
_UNARY = {"-": "neg", "!": "not"}
_NAMES = {"ifelse": "select"}
_NUMBERS = {"Inf": math.inf, "NaN": math.nan}


@cache
def read(text: str) -> Template:
    """The template of a rule text; ValueError where the text is not one expression."""
    tree = parse_r(Source("rule", text))
    if len(tree.roots) != 1:
        raise ValueError(f"a rule is one expression: {text!r}")
    return _convert(tree, tree.roots[0])


def _convert(tree: Tree, node: int) -> Template:
    kind = tree.kind(node)
    if kind is Kind.NUM:
        return Number(tree.value(node))
    if kind is Kind.NAME:
        return Variable(tree.name(node))
    if kind is Kind.CONST and tree.name(node) in _NUMBERS:
        return Number(_NUMBERS[tree.name(node)])
    head = tree.head(node)
    if kind is not Kind.CALL or head is None:
        raise ValueError(f"not part of a rule: {tree.span(node).text!r}")
    args = tuple(_convert(tree, arg) for arg in tree.args(node))
    if head == "(":
        return args[0]
    if head == "-" and len(args) == 1 and isinstance(args[0], Number):
        return Number(-args[0].value)
    name = (_UNARY if len(args) == 1 else _BINARY).get(head) or _NAMES.get(head, head)
    if name not in TABLE:
        raise ValueError(f"a rule uses {name!r}, which the table does not have")
    return Apply(name, args)


def variables(template: Template) -> list[str]:
    """Names of a template in order of first appearance."""
    if isinstance(template, Variable):
        return [template.name]
    if isinstance(template, Number):
        return []
    return list(dict.fromkeys(name for arg in template.args for name in variables(arg)))


Make = Callable[[Builder, Sequence[int]], int]

_DIRECT: Mapping[str, Callable[[Builder, int, int], int]] = {
    "add": Builder.add,
    "sub": Builder.sub,
    "mul": Builder.mul,
    "div": Builder.div,
    "pow": Builder.pow,
}


def compile_template(template: Template, slots: Mapping[str, int]) -> Make:
    """A function that builds the template from nodes; ``slots`` is each variable's place."""
    if isinstance(template, Number):
        value = template.value
        return lambda b, env: b.const(value)
    if isinstance(template, Variable):
        slot = slots[template.name]
        return lambda b, env: env[slot]
    parts = [compile_template(arg, slots) for arg in template.args]
    name = template.prim
    if name in _DIRECT:
        make, (first, second) = _DIRECT[name], parts
        return lambda b, env: make(b, first(b, env), second(b, env))
    if name == "neg":
        only = parts[0]
        return lambda b, env: b.neg(only(b, env))
    if name == "select":
        return _compile_choice(parts)
    return lambda b, env: b.apply(name, [part(b, env) for part in parts])


def _compile_choice(parts: list[Make]) -> Make:
    """A choice whose condition is known builds one branch only, so that rules may recur."""
    condition, yes, no = parts

    def choose(b: Builder, env: Sequence[int]) -> int:
        test = condition(b, env)
        if b.graph.is_const(test):
            return yes(b, env) if b.graph.value(test) else no(b, env)
        return b.select(test, yes(b, env), no(b, env))

    return choose


def build(text: str, builder: Builder, args: Mapping[str, int]) -> int:
    """The node that a rule text describes, its variables bound to nodes."""
    names = list(args)
    slots = {name: index for index, name in enumerate(names)}
    return compile_template(read(text), slots)(builder, [args[name] for name in names])
