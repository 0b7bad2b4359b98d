"""Prove from its structure that a value lies inside of a domain, whatever the inputs are.

The proof is about real numbers: where an exponential underflows to 0, or a logistic function
rounds to 1, the emitted number lies on the edge that the true one never reaches.
"""

from __future__ import annotations

import math
from typing import Literal

from gradc.ir import Graph

Domain = Literal["positive", "not negative", "unit"]
"""Above 0; 0 or above; between 0 and 1, neither of them included."""

_DEPTH = 8
_POSITIVE = frozenset({"exp", "softplus", "cosh", "sech", "exact_pi"})
_UNIT = frozenset({"sigmoid", "pnorm"})
_NOT_NEGATIVE = frozenset({"abs", "sqrt", "hypot", "dnorm"})
# As positive as their argument is, and no more: views of a vector, and odd growing functions.
_VIEWS = frozenset({"as_real", "index", "gather", "slice", "rev", "broadcast"})
_ODD = frozenset({"expm1", "log1p", "sinh", "tanh", "atan", "asinh", "sqrt"})


def is_inside(graph: Graph, node: int, domain: Domain, depth: int = _DEPTH) -> bool:
    """Whether a node is in a domain for certain; False also where the proof is too deep."""
    if depth < 0:
        return False
    name = graph.prim(node)
    if name == "const":
        return _holds(graph.value(node), domain)
    if name in _VIEWS:
        return is_inside(graph, graph.args(node)[0], domain, depth - 1)
    if name == "select":
        return all(is_inside(graph, arg, domain, depth - 1) for arg in graph.args(node)[1:])
    if name in _UNIT:
        return True
    if domain == "unit":
        return _is_unit(graph, node, name, depth - 1)
    if name in _POSITIVE:
        return True
    if domain == "not negative" and (name in _NOT_NEGATIVE or _is_square(graph, node, name)):
        return True
    return _is_signed(graph, node, name, domain, depth - 1)


def _holds(value: float, domain: Domain) -> bool:
    if not math.isfinite(value):
        return False
    if domain == "unit":
        return 0 < value < 1
    return value > 0 or (domain == "not negative" and value == 0)


def _is_square(graph: Graph, node: int, name: str) -> bool:
    args = graph.args(node)
    if name == "mul":
        return args[0] == args[1]
    return name == "pow" and graph.is_const(args[1]) and graph.value(args[1]) % 2 == 0


def _is_signed(graph: Graph, node: int, name: str, domain: Domain, depth: int) -> bool:
    """Positive or not negative, by the rules of signs."""
    args = graph.args(node)

    def has(arg: int, wanted: Domain = domain) -> bool:
        return is_inside(graph, arg, wanted, depth)

    if name == "add":
        left, right = args
        if domain == "not negative":
            return has(left) and has(right)
        return (has(left) and has(right, "not negative")) or (
            has(right) and has(left, "not negative")
        )
    if name == "mul":
        return has(args[0]) and has(args[1])
    if name == "div":
        return has(args[0]) and has(args[1], "positive")
    if name == "pow":
        return has(args[0])
    if name in ("max2", "min2"):
        return (any if name == "max2" else all)(has(arg) for arg in args)
    if name == "sub":
        return _is_rest(graph, args, depth)
    if name == "neg":
        return _is_negative(graph, args[0], depth)
    return name in _ODD and has(args[0])


def _is_rest(graph: Graph, args: tuple[int, ...], depth: int) -> bool:
    """1 - p, for a chance p."""
    whole, part = args
    return (
        graph.is_const(whole) and graph.value(whole) >= 1 and is_inside(graph, part, "unit", depth)
    )


def _is_negative(graph: Graph, node: int, depth: int) -> bool:
    """-a, expm1(-a), log of a chance, a*(-b), c - log(exp(c) + exp(d)); for positive a and b."""
    name = graph.prim(node)
    if name == "const":
        return math.isfinite(graph.value(node)) and graph.value(node) < 0
    if depth < 0:
        return False
    args = graph.args(node)
    if name == "neg":
        return is_inside(graph, args[0], "positive", depth - 1)
    if name == "sub":
        both = graph.prim(args[1]) == "logspace_add"
        return both and args[0] in graph.args(args[1])
    if name == "log":
        return is_inside(graph, args[0], "unit", depth - 1)
    if name in ("mul", "div"):
        for one, other in (args, args[::-1]):
            if _is_negative(graph, one, depth - 1):
                return is_inside(graph, other, "positive", depth - 1)
        return False
    return name in ("expm1", "sinh", "tanh") and _is_negative(graph, args[0], depth - 1)


def _is_unit(graph: Graph, node: int, name: str, depth: int) -> bool:
    args = graph.args(node)
    if name == "exp":
        return _is_negative(graph, args[0], depth)
    if name == "sub":
        one = graph.is_const(args[0]) and graph.value(args[0]) == 1
        return one and is_inside(graph, args[1], "unit", depth)
    if name == "mul":
        return all(is_inside(graph, arg, "unit", depth) for arg in args)
    if name == "div":
        return _is_share(graph, args, depth)
    if name == "neg":  # -expm1(-a)
        below = graph.prim(args[0]) == "expm1"
        return below and _is_negative(graph, graph.args(args[0])[0], depth)
    if name in ("sqrt", "tanh"):
        return is_inside(graph, args[0], "unit" if name == "sqrt" else "positive", depth)
    if name == "pow":
        return is_inside(graph, args[0], "unit", depth) and is_inside(
            graph, args[1], "positive", depth
        )
    return False


def _is_share(graph: Graph, args: tuple[int, ...], depth: int) -> bool:
    """a/(a + b + c), for positive a and b and a c that is not negative."""
    part, whole = args
    terms = [whole]
    for _ in range(max(depth, 0)):
        sums = [term for term in terms if graph.prim(term) == "add" and term != part]
        if not sums or len(terms) > _DEPTH:
            break
        terms = [t for term in terms for t in (graph.args(term) if term in sums else (term,))]
    if part not in terms or not is_inside(graph, part, "positive", depth):
        return False
    terms.remove(part)
    return any(is_inside(graph, term, "positive", depth) for term in terms) and all(
        is_inside(graph, term, "not negative", depth) for term in terms
    )
