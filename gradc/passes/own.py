"""Mark the densities that a target's own function computes rightly.

A toolchain's own density may be wrong on the edge of its domain, and outside of its support.
Where the parameters are proved to be inside, and what is observed are data, which can be looked
at before anything is computed, the node is marked ``OWN``: its value is the same, and the target
calls its own function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gradc.ir import Function, Graph, Record, reachable, rebuild
from gradc.passes.inside import Domain, is_inside
from gradc.passes.rebuild import STRUCTURAL
from gradc.prims import TABLE, Builder

OWN = "own"
"""The attribute of a primitive that the target computes by its own function."""

Support = Literal["real", "count", "positive", "unit"]
"""What may be observed: any number, whole ones from 0 on, numbers above 0, between 0 and 1."""

_BY_MEAN: Mapping[str, Domain] = {"size": "positive", "mu": "positive"}
# What is impossible makes the whole impossible, as far as these carry it.
_CARRIES = frozenset(
    {"add", "sub", "mul", "div", "neg", "sum", "as_real", "exp", "log", "log_sum_exp", "broadcast"}
)


@dataclass(frozen=True, slots=True)
class Own:
    """A target's own function: its ``text``, and where it is right.

    ``data`` says what each observed argument must be, ``inside`` the domain of each parameter.
    Of two arguments that are counts the first is not above the second.
    """

    text: str
    data: Mapping[str, Support]
    inside: Mapping[str, Domain]


def mark_own(function: Function, own: Mapping[str, Own]) -> Function:
    """The function with those densities marked that a target's own functions compute rightly."""
    old = function.graph
    if not any(
        record[0] in own or (own and record[0] == "dnbinom_mu_log") for record in old.records
    ):
        return function
    always = _always(old, function.value)
    known = {item.node for item in function.data if item.kind == "data"}
    graph = Graph()
    builder = Builder(graph)

    def is_right(node: int, name: str, inside: Mapping[str, Domain]) -> bool:
        args = old.args(node)
        places = dict(zip(TABLE[old.prim(node)].params, args, strict=True))
        if not all(is_inside(old, places[param], domain) for param, domain in inside.items()):
            return False
        data = [(places[param], support) for param, support in own[name].data.items()]
        looked_at = all(_is_seen(old, arg, support, known) for arg, support in data)
        if len(data) > 1 and all(old.is_const(arg) for arg, _ in data):
            looked_at = looked_at and old.value(data[0][0]) <= old.value(data[1][0])
        return looked_at and bool(always[node] or all(support == "real" for _, support in data))

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        name = record[0]
        if name in STRUCTURAL:
            return graph.add(name, args, record[1], old.types[node])
        if name == "dnbinom_mu_log" and is_right(node, "dnbinom_log", _BY_MEAN):
            x, size, mean = args
            chance = builder.apply("div", [size, builder.apply("add", [size, mean])])
            return builder.apply("dnbinom_log", [x, size, chance], OWN)
        if name in own and is_right(node, name, own[name].inside):
            return builder.apply(name, args, OWN)
        return builder.apply(name, args, record[1])

    return rebuild(function, graph, make)


def _always(graph: Graph, root: int) -> bytearray:
    """Nodes that the value always needs: no branch, no choice of rows lies in between."""
    always = bytearray(len(graph.records))
    always[root] = 1
    for node in range(root, -1, -1):
        record = graph.records[node]
        if always[node] and record[0] in _CARRIES:
            for arg in record[2:]:
                always[arg] = 1
    return always


def _is_seen(graph: Graph, arg: int, support: Support, known: set[int]) -> bool:
    """Whether an observed argument is data that can be looked at, or a number that is right."""
    if support == "real" or (arg in known and graph.types[arg].rank < 2):
        return True
    return _is_number(graph, arg, support)


def _is_number(graph: Graph, node: int, support: Support) -> bool:
    if not graph.is_const(node):
        return False
    if support == "count":
        value = graph.value(node)
        return value.is_integer() and value >= 0
    return is_inside(graph, node, "unit" if support == "unit" else "positive")


def own_calls(function: Function) -> list[tuple[str, tuple[int, ...]]]:
    """The marked primitives that the outputs need, with their arguments."""
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    return [
        (graph.prim(node), graph.args(node))
        for node in range(len(marks))
        if marks[node] and graph.attrs(node) == OWN
    ]
