"""Matching rule patterns against nodes of a graph."""

from __future__ import annotations

from collections.abc import Iterator

from gradc.diff.template import Apply, Number, Template, Variable
from gradc.ir import Graph

_COMMUTATIVE = frozenset({"add", "mul"})
Bindings = dict[str, int]


def matches(graph: Graph, pattern: Template, node: int, bound: Bindings) -> Iterator[Bindings]:
    """Every way to make the pattern this node; sums and products commute."""
    if isinstance(pattern, Variable):
        known = bound.get(pattern.name)
        if known is None:
            yield {**bound, pattern.name: node}
        elif known == node:
            yield bound
        return
    record = graph.records[node]
    if isinstance(pattern, Number):
        if record[0] == "const" and record[1][1] == pattern.value:
            yield bound
        return
    if record[0] != pattern.prim or len(record) - 2 != len(pattern.args):
        return
    args = record[2:]
    yield from _all(graph, pattern.args, args, bound)
    if pattern.prim in _COMMUTATIVE and args[0] != args[1]:
        yield from _all(graph, pattern.args, args[::-1], bound)


def _all(
    graph: Graph, patterns: tuple[Template, ...], nodes: tuple[int, ...], bound: Bindings
) -> Iterator[Bindings]:
    if not patterns:
        yield bound
        return
    for partial in matches(graph, patterns[0], nodes[0], bound):
        yield from _all(graph, patterns[1:], nodes[1:], partial)


def primitives(pattern: Template) -> set[str]:
    """The primitives that a node must have below it to match."""
    if isinstance(pattern, Apply):
        return {pattern.prim}.union(*(primitives(arg) for arg in pattern.args))
    return set()
