"""The expressions of SymPy: exact numbers, functions by name, and the same over arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from gradc.emit.moves import called
from gradc.emit.syntax import (
    ATOM,
    PRODUCT,
    SIGN,
    Piece,
    Special,
    Syntax,
    infix,
    left_associative,
    read_template,
    render_template,
)
from gradc.errors import fail
from gradc.ir import Graph
from gradc.prims import TABLE
from gradc.targets.numpy_tensors import SPECIAL as MOVES
from gradc.targets.python import OPERATORS
from gradc.targets.sympy_spellings import ELEMENTWISE

_LARGEST_WHOLE = 1e15
_LARGEST_DENOMINATOR = 1 << 10
_KNOWN = {
    math.pi: "pi",
    math.e: "exp(1)",
    math.log(2.0): "log(2)",
    math.log(10.0): "log(10)",
    math.sqrt(2.0): "sqrt(2)",
    math.sqrt(0.5): "sqrt(Rational(1, 2))",
    math.sqrt(2.0 * math.pi): "sqrt(2*pi)",
    math.log(math.pi): "log(pi)",
    math.log(2.0 * math.pi): "log(2*pi)",
    0.5 * math.log(2.0 * math.pi): "log(sqrt(2*pi))",
}
"""Doubles that stand for a number which SymPy has exactly."""


def number(value: float) -> str:
    """A number as SymPy holds it: whole, a fraction, or the decimal that was written.

    The decimal is within half a unit in the last place of the double that it stands for.
    """
    if value in _KNOWN:
        return _KNOWN[value]
    if value.is_integer() and value <= _LARGEST_WHOLE:
        return str(int(value))
    exact = Fraction(value)
    if exact.denominator <= _LARGEST_DENOMINATOR:
        return f"Rational({exact.numerator}, {exact.denominator})"
    return f'Rational("{value!r}")'


def _exact(graph: Graph, node: int, piece: Piece) -> Piece:
    """A constant to compare with: the very double, so that ties fall as they do elsewhere."""
    if graph.is_const(node) and "Rational" in piece.text and '"' in piece.text:
        return Piece(piece.text.replace('"', ""), piece.level, piece.brackets, 0, True)
    return piece


def typed(text: str) -> str:
    """A literal as an object of SymPy."""
    return f"Integer({text})" if text.lstrip("-").isdigit() else text


def _divided(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A quotient; of two literals it is a fraction, which Python would round."""
    left, right = pieces
    if left.literal and right.literal:
        left = Piece(typed(left.text), left.level if left.text == typed(left.text) else ATOM)
    return infix(OPERATORS["div"], left, right, "/")


def _times(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    left, right = pieces
    return infix(OPERATORS["mul"], left, right, "*")


def _power(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A power; one with an exponent that varies has the derivative 0 at 0."""
    base, exponent = pieces
    first, second = graph.args(node)
    if graph.is_const(second):
        value = graph.value(second)
        if value == 0.5:
            return called(f"sqrt({base.text})", [base])
        if base.literal:
            base = Piece(typed(base.text), ATOM, base.brackets, base.height)
        level = SIGN if exponent.text.startswith("-") else ATOM
        right = Piece(exponent.text, level, exponent.brackets, exponent.height)
        return infix(OPERATORS["pow"], base, right)
    if graph.is_const(first) and graph.value(first) > 0.0:
        return infix(OPERATORS["pow"], Piece(typed(base.text), ATOM), exponent)
    if _is_exponential(graph, first):
        return infix(OPERATORS["pow"], base, exponent)
    return called(f"_power({base.text}, {exponent.text})", pieces)


def _is_exponential(graph: Graph, node: int) -> bool:
    return graph.prim(node) in ("exp", "sigmoid", "softplus", "cosh")


def _compared(name: str) -> Special:
    def compare(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
        left, right = map(lambda n, p: _exact(graph, n, p), graph.args(node), pieces)
        if name in ("eq", "ne"):
            return called(f"{ELEMENTWISE[name]}({left.text}, {right.text})", pieces)
        if left.literal and right.literal:
            left = Piece(typed(left.text), ATOM, left.brackets, left.height)
        return infix(OPERATORS[name], left, right)

    return compare


def _negation(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return called(f"Not({pieces[0].text})", pieces)


def _stirlerr(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    order = graph.args(node)[1]
    if not (graph.is_const(order) and graph.value(order) == 0.0):
        raise fail("G303", "target 'sympy' has no derivative of 'stirlerr'", graph.place(node))
    return called(f"_stirlerr({pieces[0].text})", pieces)


_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_SCALAR: Mapping[str, Special] = {
    "div": _divided,
    "mul": _times,
    "pow": _power,
    "not": _negation,
    "stirlerr": _stirlerr,
    **{name: _compared(name) for name in _COMPARISONS},
}

FLAT = Syntax(
    number=number,
    infinity="oo",
    nan="nan",
    truth=("False", "True"),
    infix={name: OPERATORS[name] for name in ("add", "sub")},
    negation="Not",
    typed=typed,
    special=_SCALAR,
)
"""Expressions of symbols: one row of the data, or all of them behind an index."""

_OVER_ARRAYS = ("add", "sub", "mul", "div", "neg")
_DUMMIES = ("u", "v", "w", "r", "s")


def _each(name: str) -> Special:
    """An elementwise primitive over arrays: its scalar form as a function of every element."""

    def spread(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
        if name == "pow" and graph.is_const(graph.args(node)[1]):
            return _constant_power(graph, node, pieces)
        if not graph.types[node].shape:
            return _scalar(name, graph, node, pieces)
        if name in _COMPARISONS:
            pieces = [_exact(graph, *pair) for pair in zip(graph.args(node), pieces, strict=True)]
        shown = _DUMMIES[: len(pieces)]
        inner = _scalar(name, graph, node, [Piece(dummy) for dummy in shown])
        text = inner.text
        if text == f"{text.partition('(')[0]}({', '.join(shown)})":
            function = text.partition("(")[0]
        else:
            function = f"lambda {', '.join(shown)}: {text}"
        return called(f"_each({function}, {', '.join(piece.text for piece in pieces)})", pieces, 2)

    return spread


def _constant_power(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    if graph.value(graph.args(node)[1]) == 0.5 and graph.types[node].shape:
        return called(f"_each(sqrt, {pieces[0].text})", pieces, 2)
    return _power(graph, node, pieces)


def _scalar(name: str, graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """The primitive of one element."""
    special = _SCALAR.get(name)
    if special is not None:
        return special(graph, node, pieces)
    spelling = ELEMENTWISE[name]
    if not isinstance(spelling, str):
        raise fail("G303", f"target 'sympy' has no '{name}'", graph.place(node))
    params = TABLE[name].params
    template = read_template(spelling, params)
    return render_template(template, dict(zip(params, pieces, strict=True)), pieces)


def _seq_along(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    start = graph.attrs(node) + 1
    return called(f"_array(range({start}, len({pieces[0].text}) + {start}))", pieces, 3)


_NAMES = {name for name in (*ELEMENTWISE, *_SCALAR) if name not in ("exact_pi", *_OVER_ARRAYS)}

ARRAYS = replace(
    FLAT,
    special={
        **{name: _SCALAR[name] for name in _OVER_ARRAYS if name in _SCALAR},
        **{name: _each(name) for name in _NAMES},
        **MOVES,
        "seq_along": _seq_along,
    },
    infix={
        **FLAT.infix,
        "matmul": left_associative(" @ ", PRODUCT),
        "matvec": left_associative(" @ ", PRODUCT),
    },
)
"""Expressions of NumPy's arrays of SymPy's expressions."""
