"""How the expressions of a TMB template are written."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit.numbers import cpp_number
from gradc.emit.syntax import ATOM, PRODUCT, SUM, Piece, Syntax, left_associative
from gradc.ir import Graph
from gradc.prims import TABLE
from gradc.targets.tmb_own import TEXTS

_COMPARISONS = {"lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge", "eq": "Eq", "ne": "Ne"}
_TRUTH = ", Type(1), Type(0))"
_LARGEST_REPEATED = 8


def typed(text: str) -> str:
    """A literal as a number of the template's own type."""
    return f"Type({text})"


def argument(piece: Piece) -> str:
    """A piece as a function of TMB takes it, which knows no literals."""
    return typed(piece.text) if piece.literal else piece.text


def _choice(test: str, pieces: Sequence[Piece], arguments: Sequence[str]) -> Piece:
    brackets = max(piece.brackets for piece in pieces) + 2
    height = max(piece.height for piece in pieces) + 1
    return Piece(f"CppAD::CondExp{test}({', '.join(arguments)})", ATOM, brackets, height)


def _compare(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A condition is 1 or 0: TMB's tape cannot branch."""
    texts = [argument(piece) for piece in pieces]
    test = _COMPARISONS[graph.prim(node)]
    if test == "Ne":
        return _choice("Eq", pieces, [*texts, "Type(0)", "Type(1)"])
    return _choice(test, pieces, [*texts, "Type(1)", "Type(0)"])


def _select(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A choice; a comparison written in place decides directly."""
    condition, yes, no = pieces
    branches = f", {argument(yes)}, {argument(no)})"
    # A product of two comparisons begins and ends as one does.
    single = condition.level == ATOM and condition.text.startswith("CppAD::CondExp")
    if single and condition.text.endswith(_TRUTH):
        text = condition.text.removesuffix(_TRUTH) + branches
    else:
        text = f"CppAD::CondExpGt({argument(condition)}, Type(0){branches}"
    brackets = max(piece.brackets for piece in pieces) + 2
    return Piece(text, ATOM, brackets, max(piece.height for piece in pieces) + 1)


def _either(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    total = left_associative(" + ", SUM)
    left, right = (piece.at(total.left) for piece in pieces)
    return _choice("Gt", pieces, [f"{left.text} + {right.text}", "Type(0)", "Type(1)", "Type(0)"])


def _both(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    left, right = pieces[0].at(PRODUCT), pieces[1].at(PRODUCT + 1)
    brackets = max(left.brackets, right.brackets)
    return Piece(f"{left.text} * {right.text}", PRODUCT, brackets, left.height + right.height + 1)


def _not(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    operand = pieces[0].at(SUM + 1)
    return Piece(f"Type(1) - {operand.text}", SUM, operand.brackets + 1, operand.height + 1)


def _power(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A power; small whole exponents are repeated products, whose derivatives exist at 0."""
    base, exponent = pieces
    right = graph.args(node)[1]
    text = argument(exponent)
    if graph.is_const(right):
        value = graph.value(right)
        if value.is_integer() and 2 <= value <= _LARGEST_REPEATED:
            text = str(int(value))
    brackets = max(base.brackets, exponent.brackets) + 2
    height = max(base.height, exponent.height) + 1
    return Piece(f"pow({argument(base)}, {text})", ATOM, brackets, height)


def _as_real(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return pieces[0]


def _pi(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return Piece("M_PI", literal=True)


SYNTAX = Syntax(
    number=cpp_number,
    infinity="Type(R_PosInf)",
    nan="Type(R_NaN)",
    truth=("Type(0)", "Type(1)"),
    infix={
        "add": left_associative(" + ", SUM),
        "sub": left_associative(" - ", SUM),
        "mul": left_associative(" * ", PRODUCT),
        "div": left_associative(" / ", PRODUCT),
        "matmul": left_associative(" * ", PRODUCT),
        "matvec": left_associative(" * ", PRODUCT),
    },
    negation="",
    pi="M_PI",
    typed=typed,
    strict=frozenset(prim.name for prim in TABLE),
    special={
        **dict.fromkeys(_COMPARISONS, _compare),
        "select": _select,
        "or": _either,
        "and": _both,
        "not": _not,
        "pow": _power,
        "as_real": _as_real,
        "exact_pi": _pi,
    },
    own=TEXTS,
)
