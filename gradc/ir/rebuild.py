"""Copying the reachable part of a function into a fresh graph, node by node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gradc.ir.function import Function, LeastSquares
from gradc.ir.graph import Graph, Record, reachable

Make = Callable[[int, Record, Sequence[int]], int]
"""``make(old node, old record, new arguments)`` gives the new node."""


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


def compact(function: Function) -> Function:
    """The same function over a graph that has only what it needs."""
    old, graph = function.graph, Graph()

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        return graph.add(record[0], args, record[1], old.types[node])

    return rebuild(function, graph, make)
