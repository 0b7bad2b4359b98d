"""How much work a function is: its operations, each shared one counted once."""

from __future__ import annotations

from gradc.ir.function import Function
from gradc.ir.graph import reachable

# These move numbers and compute none.
_FREE = frozenset(
    {"const", "input", "exact_pi", "index", "stack", "broadcast", "scatter", "length"}
)


def operations(function: Function) -> int:
    """Number of primitives that the outputs need; a vector operation counts as one."""
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    return sum(1 for node, mark in enumerate(marks) if mark and graph.records[node][0] not in _FREE)
