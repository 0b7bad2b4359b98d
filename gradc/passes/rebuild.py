"""Copying the reachable part of a function into a fresh graph, node by node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gradc.ir import Function, Graph, LeastSquares, Record, Region, reachable
from gradc.prims import Builder

Make = Callable[[int, Record, Sequence[int]], int]
"""``make(old node, old record, new arguments)`` gives the new node."""


STRUCTURAL = frozenset({"index", "stack", "broadcast", "scatter", "scan", "final", "output"})
"""Primitives that only move numbers; they are copied as they are."""


def roots(function: Function) -> list[int]:
    """Nodes that a function needs: its outputs and what its objective is made of."""
    found = list(function.outputs.values())
    if function.least_squares:
        found += [function.least_squares.mean, function.least_squares.response]
    return found


def rebuild(function: Function, graph: Graph, make: Make) -> Function:
    """The function over ``graph``, each reachable node made anew by ``make``.

    Inputs keep their order and all stay, used or not; places in the user's text, derivations
    and the user's names go with the nodes.
    """
    old = function.graph
    graph.bindings.update(old.bindings)
    marks = reachable(old, roots(function))
    for item in function.inputs:
        marks[item.node] = 1
    keep_places = old.has_places
    if keep_places:
        graph.descend_from(old)
    new = [-1] * len(marks)
    records, types = old.records, old.types
    node = marks.find(1)
    while node >= 0:
        record = records[node]
        if len(record) == 2:  # an input or a constant
            new[node] = graph.intern(record, types[node])
        else:
            new[node] = make(node, record, [new[arg] for arg in record[2:]])
        if keep_places:
            graph.note_ancestor(node)
        node = marks.find(1, node + 1)
    return _moved(function, graph, new)


def _moved(function: Function, graph: Graph, new: list[int]) -> Function:
    square = function.least_squares
    names: dict[int, str] = {}
    for node, name in function.names.items():
        if node < len(new) and new[node] >= 0:
            names.setdefault(new[node], name)
    return replace(
        function,
        graph=graph,
        inputs=tuple(replace(item, node=new[item.node]) for item in function.inputs),
        outputs={name: new[node] for name, node in function.outputs.items()},
        least_squares=square and LeastSquares(new[square.mean], new[square.response]),
        names=names,
    )


def with_bodies(function: Function, change: Callable[[Function], Function]) -> Function:
    """The function with the bodies of its loops changed; itself where it has none."""
    old = function.graph
    if not any(record[0] == "scan" for record in old.records):
        return function
    graph = Graph()
    changed: dict[Region, Region] = {}

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        attrs = record[1]
        if record[0] == "scan":
            if attrs not in changed:
                changed[attrs] = replace(attrs, body=change(attrs.body))
            attrs = changed[attrs]
        return graph.add(record[0], args, attrs, old.types[node])

    return rebuild(function, graph, make)


def simplify(function: Function) -> Function:
    """Dead nodes dropped and every rewrite applied that is exact for all doubles."""
    function = with_bodies(function, simplify)
    graph = Graph()
    builder = Builder(graph)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        if record[0] in STRUCTURAL:
            return graph.add(record[0], args, record[1], function.graph.types[node])
        return builder.apply(record[0], args, record[1])

    return rebuild(function, graph, make)
