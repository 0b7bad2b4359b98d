"""Comparing and walking code and values: ``identical``, ``all.names``."""

from __future__ import annotations

from typing import TypeAlias

from gradc.frontend import language
from gradc.frontend.actions import Action
from gradc.frontend.context import TURN_COST, Context
from gradc.frontend.scope import CONST
from gradc.frontend.sorts import type_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Closure,
    Dots,
    Elements,
    Evaluated,
    Expressions,
    Formula,
    Items,
    Quoted,
    Refusal,
    Sink,
    Value,
    describe,
)
from gradc.syntax.rope import Text
from gradc.syntax.tree import Kind, Tree

_Pairs: TypeAlias = "list[tuple[Value, Value]]"
_CONSTANTS = {"Inf": float("inf"), "NaN": float("nan")}
_VECTORS = (int, Text, Elements)


def identical(context: Context, x: Value, y: Value, options: Dots) -> Value:
    """``identical(x, y)``."""
    if options.items:
        raise Refusal("G104", "the options of identical() are not available", None, 2)
    pending: _Pairs = [(x, y)]
    while pending:
        first, second = (_plain(context, value) for value in pending.pop())
        context.spend(1)
        if not _same(context, first, second, pending):
            return False
    return True


def _plain(context: Context, value: Value) -> Value:
    """A value, and not what it is kept as: a quoted number is a number."""
    if isinstance(value, Evaluated):
        return value.value
    if isinstance(value, Sink) and value.callee == "D":
        value = language.expression_of(context, value) or value
    if not isinstance(value, Quoted):
        return value
    tree, node = value.scope.tree, value.node
    if tree.kinds[node] == CONST:
        word = tree.name(node)
        if word in _CONSTANTS:
            return context.builder.const(_CONSTANTS[word])
        if word.startswith("NA"):
            return NA
    return language.part(context, tree, node, value.scope)


def _same(context: Context, x: Value, y: Value, pending: _Pairs) -> bool:
    """Whether two values agree; their parts are put off."""
    if isinstance(x, _VECTORS) or x is NA:
        return (isinstance(y, _VECTORS) or y is NA) and _same_vectors(context, x, y)
    if x is NULL or type(x) is not type(y):
        return x is y
    if isinstance(x, Items) and isinstance(y, Items):
        pending += zip(x.values, y.values, strict=False)
        return (x.names, x.is_frame, len(x.values)) == (y.names, y.is_frame, len(y.values))
    if isinstance(x, Expressions) and isinstance(y, Expressions):
        pending += zip(x.quoted, y.quoted, strict=False)
        return len(x.quoted) == len(y.quoted)
    if isinstance(x, Quoted) and isinstance(y, Quoted):
        return _same_code(x, y)
    if isinstance(x, Formula) and isinstance(y, Formula):
        return _same_in_place(x.call, y.call, "formulas")
    if isinstance(x, Closure) and isinstance(y, Closure):
        return _same_in_place(Quoted(x.node, x.scope), Quoted(y.node, y.scope), "functions")
    if isinstance(x, Action) and isinstance(y, Action):
        return x.name == y.name
    raise Refusal("G104", f"whether {describe(x)} and {describe(y)} are identical is not known")


def _same_in_place(x: Quoted, y: Quoted, what: str) -> bool:
    """The same code, which also belongs to the same variables."""
    if not _same_code(x, y):
        return False
    if x.scope.environment is not y.scope.environment:
        raise Refusal("G104", f"whether {what} of different places are identical is not known")
    return True


# ------------------------------------------------------------------------- vectors


def _same_vectors(context: Context, x: Value, y: Value) -> bool:
    sorts = type_of(context, x), type_of(context, y)
    if None not in sorts and sorts[0] != sorts[1]:
        return False
    if _attributes(x) != _attributes(y):
        return False
    if _is_one_node(x, y):
        return True
    first, second = context.atoms(x, 0), context.atoms(y, 1)
    if len(first) != len(second):
        return False
    context.spend(len(first))
    if not all(_same_atoms(context, a, b) for a, b in zip(first, second, strict=True)):
        return False
    if sorts == (None, None):
        what = "missing values" if first else "vectors without elements"
        raise Refusal("G104", f"whether two {what} are of one sort is not known here")
    return True


def _attributes(x: Value) -> object:
    if not isinstance(x, Elements):
        return None, None, None
    return x.names, x.dim, getattr(x, "lengths", None)


def _is_one_node(x: Value, y: Value) -> bool:
    if isinstance(x, bool) or isinstance(y, bool):
        return False
    return isinstance(x, int) and isinstance(y, int) and int(x) == int(y)


def _same_atoms(context: Context, a: Atom, b: Atom) -> bool:
    """Whether two elements of one sort are the same; numbers must be known, or one node."""
    if a is b:
        return True
    if isinstance(a, Text) and isinstance(b, Text):
        return context.written_out(a) == context.written_out(b)
    if NA in (a, b) or isinstance(a, Text) or isinstance(b, Text):
        return False
    if _is_one_node(a, b):
        return True
    one = context.known(a, "a value that is compared", 0)
    other = context.known(b, "a value that is compared", 1)
    return one == other or (one != one and other != other)


# ------------------------------------------------------------------------- code


def _same_code(x: Quoted, y: Quoted) -> bool:
    """Whether two expressions are written alike, wherever their trees share parts."""
    pending = [(x.scope.tree, x.node, y.scope.tree, y.node)]
    seen: set[tuple[int, int, int, int]] = set()
    while pending:
        left, node, right, other = pending.pop()
        left, node = left.resolve(node)
        right, other = right.resolve(other)
        key = id(left), node, id(right), other
        if (left is right and node == other) or key in seen:
            continue
        seen.add(key)
        if left.kinds[node] != right.kinds[other] or _word(left, node) != _word(right, other):
            return False
        parts, others = left.children(node), right.children(other)
        pending += [(left, a, right, b) for a, b in zip(parts, others, strict=True)]
    return True


def _word(tree: Tree, node: int) -> object:
    """All that a node says besides its parts, and how many of these there are."""
    kind = tree.kind(node)
    if kind == Kind.NUM:
        return tree.value(node), tree.is_int(node)
    if kind == Kind.STR:
        return tree.string(node)
    if kind in (Kind.NAME, Kind.CONST):
        return tree.name(node)
    if kind == Kind.CALL:
        arguments = tree.args(node)
        return tree.argnames(node) or (None,) * len(arguments)
    if kind == Kind.FUNCTION:
        return tree.params(node), [default < 0 for default in tree.defaults(node)]
    return None


def all_names(context: Context, x: Value, functions: Value, most: Value, unique: Value) -> Value:
    """``all.names(e)``: the variables and functions of an expression, as often as they occur."""
    if most is not ABSENT:
        raise Refusal("G104", "'max.names' is not available", None, 2)
    with_functions = functions is ABSENT or context.flag(functions, "'functions'", 1)
    quoted = x.quoted if isinstance(x, Expressions) else (language.expression_of(context, x),)
    names = [
        name
        for part in quoted
        if part is not None
        for name in _names_in(context, part, with_functions)
    ]
    if unique is not ABSENT and context.flag(unique, "'unique'", 3):
        names = list(dict.fromkeys(names))
    return language.texts(context, names) if names else Elements(())


def _names_in(context: Context, code: Quoted, with_functions: bool) -> list[str]:
    """The names in the order in which R writes a call: the function, then the arguments."""
    found: list[str] = []
    pending = [(code.scope.tree, code.node)]
    while pending:
        tree, node = pending.pop()
        tree, node = tree.resolve(node)
        context.spend(TURN_COST)
        kind = tree.kinds[node]
        if kind == Kind.NAME:
            found.append(tree.name(node))
        elif kind == Kind.CALL:
            parts = tree.children(node) if with_functions else tree.args(node)
            pending += [(tree, child) for child in reversed(parts)]
        elif kind == Kind.FUNCTION:
            found += ["function"] if with_functions else []
            pending.append((tree, tree.body(node)))
    return found
