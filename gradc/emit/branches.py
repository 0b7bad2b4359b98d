"""Branches that are not taken, for toolchains that differentiate what is emitted.

Their tapes compute both branches and multiply the derivative of the one that is not taken by
0, which leaves NaN where a value or a derivative in it is infinite. So a primitive that may
fail, and that only one branch needs, gets an argument that is harmless where the other is
taken: in ``ifelse(x > 0, log(x), 0)`` the logarithm is taken of ``ifelse(x > 0, x, 1)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gradc.ir import Function, Graph, Input, Type, dependents, make_type, reachable
from gradc.prims import TABLE

Need = frozenset[tuple[int, bool]]
"""Conditions, and how they must turn out, under which alone a node's value matters."""

_ALWAYS: Need = frozenset()
# Nested choices beyond this many leave their inner nodes as they are.
_MOST = 6
_OVERFLOWING = frozenset({"exp", "expm1", "sinh", "cosh"})
_LARGEST_PRODUCT = 8


def guard_branches(function: Function, variables: Iterable[Input] | None = None) -> Function:
    """The function with harmless arguments in branches that are not taken.

    ``variables`` are the inputs that are on the tape, all by default: a condition of other
    inputs is decided before anything is recorded. A scalar that only some rows need, and that
    may fail, becomes one value a row.
    """
    old = function.graph
    roots = list(function.outputs.values())
    marks = reachable(old, roots)
    taped = function.inputs if variables is None else variables
    decided_late = dependents(old, [item.node for item in taped])
    needs = _needs(old, marks, roots, decided_late)
    varies = dependents(old, [item.node for item in function.inputs])
    guarded: dict[int, dict[int, float]] = {}
    for node, need in enumerate(needs):
        places = _risky_places(old, node, varies) if need else {}
        if places:
            guarded[node] = places
    if not guarded:
        return function
    graph = Graph()
    graph.bindings.update(old.bindings)
    new: dict[int, int] = {}
    inputs = [item.node for item in function.inputs]
    conditions = {node: sorted(needs[node]) for node in guarded}
    for node in _order(old, [*inputs, *roots], conditions):
        record = old.records[node]
        args = [new[arg] for arg in record[2:]]
        for place, value in guarded.get(node, {}).items():
            args[place] = _guard(graph, args[place], value, conditions[node], new)
        type_ = _recycled(graph, record[0], args, old.types[node])
        new[node] = graph.intern((record[0], record[1], *args), type_)
    return replace(
        function,
        graph=graph,
        inputs=tuple(replace(item, node=new[item.node]) for item in function.inputs),
        outputs={name: new[node] for name, node in function.outputs.items()},
        least_squares=None,
        names={new[node]: name for node, name in function.names.items() if node in new},
    )


def _recycled(graph: Graph, name: str, args: Sequence[int], type_: Type) -> Type:
    """The type of a node over its new arguments, of which some may have become rows."""
    if type_.shape or name not in TABLE or not TABLE[name].elementwise:
        return type_
    shapes = (graph.types[arg].shape for arg in args)
    return make_type(type_.dtype, next((shape for shape in shapes if shape), ()))


def _needs(
    graph: Graph, marks: bytearray, roots: Sequence[int], decided_late: bytearray
) -> list[Need]:
    """For each node the conditions that hold whenever some root reads its value.

    The conditions of a row say nothing of other rows, so none of them goes beyond what works
    on each row by itself: all of ``sum(log(x))`` is needed where one row needs the sum. The
    scalars of a stack are left alone too, though each of them is needed by its own row only.
    """
    found: list[Need | None] = [None] * len(marks)
    for root in roots:
        found[root] = _ALWAYS
    types = graph.types
    for node in range(len(marks) - 1, -1, -1):
        need = found[node]
        if not marks[node] or need is None:
            continue
        record = graph.records[node]
        if need and record[0] in TABLE and not TABLE[record[0]].elementwise:
            need = frozenset(one for one in need if not types[one[0]].shape)
        for place, arg in enumerate(record[2:]):
            own = need
            if record[0] == "select" and place and decided_late[record[2]] and len(need) < _MOST:
                own = need | {(record[2], place == 1)}
            known = found[arg]
            found[arg] = own if known is None else known & own
    return [need or _ALWAYS for need in found]


def _risky_places(graph: Graph, node: int, varies: bytearray) -> dict[int, float]:
    """Arguments of a primitive that may take it out of its domain, with a harmless value each.

    What no input changes is as good or bad at every point, and is left alone.
    """
    record = graph.records[node]
    name = record[0]
    if name in ("input", "const") or not TABLE[name].elementwise:
        return {}
    prim = TABLE[name]
    if name in _OVERFLOWING:
        return {0: 0.0} if varies[record[2]] else {}
    if not prim.domain or not prim.probe:
        return {}
    if name == "pow" and graph.is_const(record[3]):
        exponent = graph.value(record[3])
        if exponent.is_integer() and 0 <= exponent <= _LARGEST_PRODUCT:
            return {}
    if name in ("div", "mod", "idiv"):
        return {1: 1.0} if varies[record[3]] else {}
    return {
        place: _harmless(prim.probe[param])
        for place, param in enumerate(prim.params)
        if varies[record[2 + place]]
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


def _order(
    graph: Graph, roots: Sequence[int], guarded: Mapping[int, Sequence[tuple[int, bool]]]
) -> list[int]:
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
            before = [*graph.records[node][2:], *(c for c, _ in guarded.get(node, ()))]
            pending += [other for other in reversed(before) if not state[other]]
    return order
