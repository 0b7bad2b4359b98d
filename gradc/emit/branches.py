"""Branches that are not taken, for toolchains that differentiate what is emitted.

Their tapes compute both branches and multiply the derivative of the one that is not taken by
0, which leaves NaN where a value or a derivative in it is infinite. So a primitive that may
fail, and that only one branch needs, gets an argument that is harmless where the other is
taken: in ``ifelse(x > 0, log(x), 0)`` the logarithm is taken of ``ifelse(x > 0, x, 1)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradc.ir import Function, Graph, make_type, reachable
from gradc.prims import TABLE

Need = frozenset[tuple[int, bool]]
"""Conditions, and how they must turn out, under which alone a node's value matters."""

_ALWAYS: Need = frozenset()
# Nested choices beyond this many leave their inner nodes as they are.
_MOST = 6
_OVERFLOWING = frozenset({"exp", "expm1", "sinh", "cosh"})
_LARGEST_PRODUCT = 8


def guard_branches(function: Function) -> Function:
    """The function with harmless arguments in branches that are not taken."""
    old = function.graph
    roots = list(function.outputs.values())
    marks = reachable(old, roots)
    if not any(marks[node] and old.prim(node) == "select" for node in range(len(marks))):
        return function
    needs = _needs(old, marks, roots)
    guarded = {
        node: needs[node]
        for node in range(len(marks))
        if marks[node] and needs[node] and _risky_places(old, node)
    }
    graph = Graph()
    graph.bindings.update(old.bindings)
    new: dict[int, int] = {}
    inputs = [item.node for item in function.inputs]
    for node in _order(old, [*inputs, *roots], guarded):
        record = old.records[node]
        args = [new[arg] for arg in record[2:]]
        if node in guarded:
            places = _risky_places(old, node)
            for place, value in places.items():
                args[place] = _guard(graph, args[place], value, sorted(guarded[node]), new)
        new[node] = graph.intern((record[0], record[1], *args), old.types[node])
    return replace(
        function,
        graph=graph,
        inputs=tuple(replace(item, node=new[item.node]) for item in function.inputs),
        outputs={name: new[node] for name, node in function.outputs.items()},
        least_squares=None,
        names={new[node]: name for node, name in function.names.items() if node in new},
    )


def _needs(graph: Graph, marks: bytearray, roots: Sequence[int]) -> list[Need]:
    """For each node the conditions that hold whenever some root reads its value."""
    found: list[Need | None] = [None] * len(marks)
    for root in roots:
        found[root] = _ALWAYS
    for node in range(len(marks) - 1, -1, -1):
        need = found[node]
        if not marks[node] or need is None:
            continue
        record = graph.records[node]
        for place, arg in enumerate(record[2:]):
            own = need
            if record[0] == "select" and place and len(need) < _MOST:
                own = need | {(record[2], place == 1)}
            known = found[arg]
            found[arg] = own if known is None else known & own
    return [need or _ALWAYS for need in found]


def _risky_places(graph: Graph, node: int) -> dict[int, float]:
    """Arguments of a primitive that may take it out of its domain, with a harmless value each."""
    record = graph.records[node]
    name = record[0]
    if name in ("input", "const") or not TABLE[name].elementwise:
        return {}
    prim = TABLE[name]
    if name in _OVERFLOWING:
        return {} if graph.is_const(record[2]) else {0: 0.0}
    if not prim.domain or not prim.probe:
        return {}
    if name == "pow" and graph.is_const(record[3]):
        exponent = graph.value(record[3])
        if exponent.is_integer() and 0 <= exponent <= _LARGEST_PRODUCT:
            return {}
    if name in ("div", "mod", "idiv"):
        return {} if graph.is_const(record[3]) else {1: 1.0}
    return {
        place: _harmless(prim.probe[param])
        for place, param in enumerate(prim.params)
        if not graph.is_const(record[2 + place])
    }


def _harmless(probe: Sequence[float]) -> float:
    return 1.0 if 1.0 in probe else probe[len(probe) // 2]


def _guard(
    graph: Graph, arg: int, value: float, need: Sequence[tuple[int, bool]], new: dict[int, int]
) -> int:
    """The argument where all conditions turn out as needed, the harmless value elsewhere."""
    harmless = graph.const(value)
    for condition, taken in need:
        test = new[condition]
        branches = (arg, harmless) if taken else (harmless, arg)
        shape = graph.types[arg].shape or graph.types[test].shape
        arg = graph.intern(("select", None, test, *branches), make_type("real", shape))
    return arg


def _order(graph: Graph, roots: Sequence[int], guarded: dict[int, Need]) -> list[int]:
    """Nodes after their arguments, and guarded nodes after the conditions that guard them."""
    order: list[int] = []
    state = bytearray(len(graph.records))
    for root in roots:
        pending = [root]
        while pending:
            node = pending[-1]
            if state[node]:
                pending.pop()
                if state[node] == 1:
                    state[node] = 2
                    order.append(node)
                continue
            state[node] = 1
            before = [*graph.records[node][2:], *(c for c, _ in sorted(guarded.get(node, ())))]
            pending += [other for other in reversed(before) if not state[other]]
    return order
