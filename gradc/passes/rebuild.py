"""Passes that copy a function: its loops' bodies changed, exact rewrites applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gradc.ir import Function, Graph, Record, Region, rebuild
from gradc.prims import Builder

STRUCTURAL = frozenset({"index", "stack", "broadcast", "scatter", "scan", "final", "output"})
"""Primitives that only move numbers; they are copied as they are."""


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
