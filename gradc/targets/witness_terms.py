"""The value of a model as a signed sum of expressions that R's ``deriv()`` can have.

``deriv`` knows no ``sum``: a sum over rows is taken row by row, its factors and divisors inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradc.ir import Function, reachable

MOST_NODES = 2000
"""How many operations an expression may have: R looks each one up among all before it."""
MOST_WORK = 40_000
"""How many operations times parameters: beyond it ``deriv`` takes minutes."""


class NoDerivText(Exception):
    """Why R's ``deriv`` cannot have a model."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the value: with ``summed`` a sum over rows, its factors and divisors inside."""

    root: int
    summed: bool
    negative: bool = False
    factors: tuple[int, ...] = ()
    divisors: tuple[int, ...] = ()


_COUNTS = frozenset({"length", "nrow", "ncol"})


def moving(function: Function) -> bytearray:
    """A mark for each node that changes with a parameter; a length does not."""
    graph = function.graph
    marks = bytearray(len(graph.records))
    for item in function.params:
        marks[item.node] = 1
    for node in range(len(marks)):
        if graph.prim(node) not in _COUNTS:
            marks[node] |= any(marks[arg] for arg in graph.args(node))
    return marks


def terms_of(function: Function, active: bytearray) -> list[Term]:
    """The value as a signed sum of expressions, those over rows apart."""
    graph, found = function.graph, []
    if function.per_observation:
        return [Term(function.value, False)]
    pending = [Term(function.value, False)]
    has_sum = _has_sum(function)
    while pending:
        term = pending.pop()
        prim, args = graph.prim(term.root), graph.args(term.root)
        factors, divisors, minus = term.factors, term.divisors, term.negative
        if not (has_sum[term.root] and active[term.root]):
            found.append(term)
        elif prim == "neg":
            pending.append(Term(args[0], False, not minus, factors, divisors))
        elif prim in ("add", "sub"):
            second = minus != (prim == "sub")
            pending.append(Term(args[1], False, second, factors, divisors))
            pending.append(Term(args[0], False, minus, factors, divisors))
        elif prim == "mul" and not (has_sum[args[0]] and has_sum[args[1]]):
            inner, outer = args if has_sum[args[0]] else reversed(args)
            pending.append(Term(inner, False, minus, (*factors, outer), divisors))
        elif prim == "div" and not has_sum[args[1]]:
            pending.append(Term(args[0], False, minus, factors, (*divisors, args[1])))
        elif prim == "sum":
            found.append(Term(args[0], True, minus, factors, divisors))
        else:
            # Printing it says which function R's table lacks.
            found.append(term)
    return found


def _has_sum(function: Function) -> bytearray:
    """A mark for each node above a sum that depends on a parameter."""
    graph = function.graph
    active = moving(function)
    marks = bytearray(len(graph.records))
    for node in range(len(marks)):
        if active[node]:
            own = graph.prim(node) == "sum"
            marks[node] = own or any(marks[arg] for arg in graph.args(node))
    return marks


def check_size(function: Function, terms: Sequence[Term], active: bytearray) -> None:
    """Refuse what grows too large when each shared part is written out."""
    graph = function.graph
    sizes = [1] * len(graph.records)
    roots = [node for term in terms for node in (term.root, *term.factors, *term.divisors)]
    marks = reachable(graph, roots)
    for node in range(len(marks)):
        if marks[node] and active[node]:
            sizes[node] = 1 + sum(sizes[arg] for arg in graph.args(node))
    total = sum(sizes[root] for root in roots)
    count = sum(item.type.count or 1 for item in function.params)
    if total > MOST_NODES or total * count > MOST_WORK:
        size = f"{total}" if total < 10**6 else "millions of"
        raise NoDerivText(
            f"written as one expression it has {size} operations and {count} parameters,"
            " and deriv would take minutes"
        )
