"""Rewrites that save emitted operations: signs, and the two sides of a logistic function."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit.schedule import count_uses
from gradc.ir import Function, Graph, Record, reachable, rebuild, roots

_ONE = 1.0


def share_signs(function: Function) -> Function:
    """``-(e*x)`` becomes ``(-e)*x`` where ``-e`` is needed anyway; bit for bit the same."""
    old = function.graph
    marks = reachable(old, roots(function))
    graph = Graph()
    moved: dict[int, int] = {}

    def negation(factor: int) -> int | None:
        """The new node for the opposite of an old one, where the function has it."""
        node = old.find(("neg", None, factor))
        if node is None or node >= len(marks) or not marks[node]:
            return None
        made = moved.get(node)
        return graph.add("neg", (moved[factor],), None, old.types[factor]) if made is None else made

    def signed(record: Record) -> int | None:
        """A negated product with the sign on one factor."""
        if record[0] != "neg" or old.prim(record[2]) not in ("mul", "div"):
            return None
        product = record[2]
        name, _, left, right = old.records[product]
        for args in ((negation(left), moved[right]), (moved[left], negation(right))):
            if args[0] is not None and args[1] is not None:
                return graph.add(name, (args[0], args[1]), None, old.types[product])
        return None

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        made = signed(record)
        if made is None:
            made = graph.add(record[0], args, record[1], old.types[node])
        moved[node] = made
        return made

    for node in range(len(marks)):
        if marks[node] and len(old.records[node]) == 2:
            moved[node] = graph.intern(old.records[node], old.types[node])
    return rebuild(function, graph, make)


def share_exponentials(function: Function) -> Function:
    """Logistic functions of x and -x in terms of one exponential.

    ``sigmoid(x)`` becomes ``1/(1 + e)`` with ``e = exp(-x)``, ``sigmoid(-x)`` beside it
    ``1/(1 + 1/e)``: where e overflows or underflows both are still what they should be. A
    product with a factor of this form becomes a quotient.
    """
    old = function.graph
    outputs = roots(function)
    marks = reachable(old, outputs)
    if not any(marks[node] and old.prim(node) == "sigmoid" for node in range(len(marks))):
        return function
    uses = count_uses(old, marks, outputs)
    graph = Graph()
    denominators: dict[int, int] = {}

    def denominator(node: int, arg: int) -> int:
        """``1 + exp(-x)`` for the logistic function ``node`` of the new node ``arg``."""
        type_ = old.types[node]
        one = graph.const(_ONE)
        opposite = graph.args(arg)[0] if graph.prim(arg) == "neg" else None
        if opposite is None:
            opposite = graph.add("neg", (arg,), None, type_)
        known = graph.find(("exp", None, arg))
        if known is not None:
            power = graph.add("div", (one, known), None, type_)
        else:
            power = graph.add("exp", (opposite,), None, type_)
        return graph.add("add", (one, power), None, type_)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        type_ = old.types[node]
        if record[0] == "sigmoid":
            below = denominator(node, args[0])
            denominators[node] = below
            return graph.add("div", (graph.const(_ONE), below), None, type_)
        if record[0] == "mul":
            for place in (1, 0):
                factor = record[2 + place]
                if factor in denominators and uses[factor] == 1 and old.types[factor] is type_:
                    return graph.add("div", (args[1 - place], denominators[factor]), None, type_)
        return graph.add(record[0], args, record[1], type_)

    return rebuild(function, graph, make)
