"""The table of functions of single numbers: a name, its formals, and the primitive it is.

Operators are here as well. A function that is more than one primitive, or has options, has a
text in :mod:`gradc.frontend.prelude` instead; ``SHORT`` says which of those are one primitive
when called with one argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradc.frontend.context import Context, OneNode
from gradc.frontend.values import NA, Refusal, Special

# name: (formals as R names them, primitive)
ELEMENTWISE: Mapping[str, tuple[str, str]] = {
    "sqrt": ("x", "sqrt"),
    "exp": ("x", "exp"),
    "expm1": ("x", "expm1"),
    "log2": ("x", "log2"),
    "log10": ("x", "log10"),
    "log1p": ("x", "log1p"),
    "abs": ("x", "abs"),
    "sign": ("x", "sign"),
    "floor": ("x", "floor"),
    "ceiling": ("x", "ceiling"),
    "trunc": ("x", "trunc"),
    "sin": ("x", "sin"),
    "cos": ("x", "cos"),
    "tan": ("x", "tan"),
    "asin": ("x", "asin"),
    "acos": ("x", "acos"),
    "atan": ("x", "atan"),
    "atan2": ("y x", "atan2"),
    "sinh": ("x", "sinh"),
    "cosh": ("x", "cosh"),
    "tanh": ("x", "tanh"),
    "asinh": ("x", "asinh"),
    "acosh": ("x", "acosh"),
    "atanh": ("x", "atanh"),
    "sinpi": ("x", "sinpi"),
    "cospi": ("x", "cospi"),
    "tanpi": ("x", "tanpi"),
    "gamma": ("x", "gamma"),
    "lgamma": ("x", "lgamma"),
    "digamma": ("x", "digamma"),
    "trigamma": ("x", "trigamma"),
    "beta": ("a b", "beta"),
    "lbeta": ("a b", "lbeta"),
    "hypot": ("x y", "hypot"),
    "besselJ": ("x nu", "besselJ"),
    "besselY": ("x nu", "besselY"),
    "erf": ("x", "erf"),
    "erfc": ("x", "erfc"),
    "invlogit": ("x", "sigmoid"),
    "sigmoid": ("x", "sigmoid"),
    "logit": ("p", "logit"),
    "softplus": ("x", "softplus"),
    "log1pexp": ("x", "softplus"),
    "log1mexp": ("x", "log1mexp"),
    "logspace_add": ("logx logy", "logspace_add"),
    "logspace_sub": ("logx logy", "logspace_sub"),
    "xor": ("x y", "ne"),
}

SHORT: Mapping[str, str] = {
    "log": "log",
    "logb": "log",
    "round": "round",
    "plogis": "sigmoid",
    "qlogis": "logit",
    "psigamma": "digamma",
}

_COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
_PYTHON_BINARY = {"//": "idiv", "%": "mod"}


def operators(context: Context) -> dict[str, dict[int, OneNode]]:
    """The operators of R by name and number of operands."""
    b = context.builder

    def two(prim: str) -> OneNode:
        return lambda x, y: b.apply(prim, (x, y))

    table: dict[str, dict[int, OneNode]] = {
        "+": {1: b.real, 2: b.add},
        "-": {1: b.neg, 2: b.sub},
        "*": {2: b.mul},
        "/": {2: b.div},
        "^": {2: b.pow},
        "**": {2: b.pow},
        "%%": {2: two("mod")},
        "%/%": {2: two("idiv")},
        "!": {1: _logical(context, b.negate)},
        "&": {2: _logical(context, b.both)},
        "|": {2: _logical(context, b.either)},
    }
    for name, prim in _COMPARISONS.items():
        table[name] = {2: _comparison(context, prim)}
    comparisons: dict[str, Callable[[str, str], bool]] = {
        "==": lambda x, y: x == y,
        "!=": lambda x, y: x != y,
    }
    for name, compare in comparisons.items():
        context.on_texts[table[name][2]] = compare
    for name in ("+", "-", "*", "%%", "%/%"):
        context.on_wholes.update(table[name].values())
    return table


def python_operators(context: Context) -> dict[str, dict[int, OneNode]]:
    """The operators of Python; ``&``, ``|`` and ``^`` of numbers are bitwise there."""
    b = context.builder
    table = operators(context)
    for name in ("%%", "%/%"):
        del table[name]
    for name, prim in _PYTHON_BINARY.items():
        table[name] = {2: lambda x, y, prim=prim: b.apply(prim, (x, y))}
    table["^"] = {2: _bitwise(context, "^", lambda x, y: x ^ y)}
    table["<<"] = {2: _bitwise(context, "<<", lambda x, y: x << min(y, 1100))}
    table[">>"] = {2: _bitwise(context, ">>", lambda x, y: x >> y)}
    table["~"] = {1: _invert(context)}
    table["&"] = {2: _conditions(context, "&", table["&"][2], lambda x, y: x & y)}
    table["|"] = {2: _conditions(context, "|", table["|"][2], lambda x, y: x | y)}
    for name in ("//", "%", "**", "^", "<<", ">>", "~", "&", "|"):
        context.on_wholes.update(table[name].values())
    return table


def _logical(context: Context, one: Callable[..., int]) -> OneNode:
    """The function with a Python bool for a result that is known exactly."""
    graph = context.graph

    def call(*nodes: int) -> int | bool:
        node = one(*nodes)
        return graph.value(node) != 0 if graph.is_const(node) else node

    return call


def _comparison(context: Context, prim: str) -> OneNode:
    """A comparison; of what is known to be NaN it is NA, as in R."""
    graph, apply = context.graph, context.builder.apply

    def call(x: int, y: int) -> int | bool | Special:
        node = apply(prim, (x, y))
        if not graph.is_const(node):
            return node
        if graph.value(x) != graph.value(x) or graph.value(y) != graph.value(y):
            return NA
        return graph.value(node) != 0

    return call


def _whole(context: Context, node: int, operator: str) -> int:
    number = context.number(node)
    if number is None or not number.is_integer():
        suggestion = "the power is written '**'" if operator == "^" else None
        raise Refusal("G104", f"'{operator}' works on the bits of whole numbers", suggestion)
    return int(number)


def _bitwise(context: Context, operator: str, bits: Callable[[int, int], int]) -> OneNode:
    def call(x: int, y: int) -> int:
        try:
            result = bits(_whole(context, x, operator), _whole(context, y, operator))
            return context.builder.const(float(result))
        except (ValueError, OverflowError):
            raise Refusal("G103", f"'{operator}' of these numbers has no value") from None

    return call


def _invert(context: Context) -> OneNode:
    """``~``: the complement of a whole number, the opposite of a condition."""

    def call(x: int) -> int:
        if context.graph.types[x].dtype == "bool":
            return context.builder.negate(x)
        return context.builder.const(float(~_whole(context, x, "~")))

    return call


def _conditions(
    context: Context, operator: str, logical: OneNode, bits: Callable[[int, int], int]
) -> OneNode:
    """``&`` and ``|``: of conditions as in NumPy, of numbers bit by bit."""
    bitwise = _bitwise(context, operator, bits)
    types = context.graph.types

    def call(x: int, y: int) -> int | bool | Special:
        either = types[x].dtype == "bool" or types[y].dtype == "bool"
        return logical(x, y) if either else bitwise(x, y)

    return call
