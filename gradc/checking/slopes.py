"""What a change to a node does to one wrong number, told without evaluating all that follows.

Most of a gradient is linear in each of its parts: a sum of products. There the change of a node
times its cotangent is the whole effect, and nearly every edit is seen to be in vain by one product.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradc.checking import floats
from gradc.diff.reverse import reverse
from gradc.errors import GradcError
from gradc.ir import Graph
from gradc.prims import Builder

Array = Any
_TOLERANCE = 1e-6
_SUMS = frozenset({"add", "sub", "neg", "sum", "stack", "concat", "index", "slice", "pad"})
_SUMS |= {"reshape", "as_vector", "t", "rev", "cumsum", "row_sums", "col_sums", "entry"}
_SUMS |= {"get_col", "get_row", "diag_part", "bind_cols", "concat_cols"}
_PRODUCTS = frozenset({"mul", "matmul", "matvec", "outer"})
_BY_FIRST = frozenset({"div", "broadcast", "gather", "spread_rows", "spread_cols"})


def is_linear(graph: Graph, start: int, after: list[int]) -> bool:
    """Whether all that follows a node is linear in it, beside what does not depend on it."""
    moving = {start, *after}
    for node in after:
        prim, _, *args = graph.records[node]
        which = [position for position, arg in enumerate(args) if arg in moving]
        if prim in _SUMS or (prim in _PRODUCTS and len(which) == 1):
            continue
        if prim in _BY_FIRST and which == [0]:
            continue
        if prim == "select" and 0 not in which:
            continue
        return False
    return True


class Slopes:
    """Cotangents of all nodes for one wrong element, at one sample, and how wrong it is."""

    def __init__(self, graph: Graph, root: int, inputs: dict[str, Array], missing: float) -> None:
        self.missing = missing
        self.bars: dict[int, Array] = {}
        work = graph.copy()
        nodes = [n for n in range(root + 1) if graph.prim(n) != "const"]
        try:
            found = reverse(work, root, nodes, lenient=True)
        except (GradcError, KeyError, ValueError):
            return
        values = floats.evaluate(work, [*found.values(), root], inputs)
        self.bars = {n: values[bar] for n, bar in found.items() if values[bar] is not None}

    def rejects(self, node: int, old: Array, new: Array) -> bool:
        """Whether a new value of a node, in which all that follows is linear, mends nothing.

        Shapes: False where the new value has another shape than the old one.
        """
        bar = self.bars.get(node)
        if bar is None or np.shape(new) != np.shape(old) or old.dtype == bool:
            return False
        parts = bar * (new - old)
        effect = np.sum(parts) if np.ndim(parts) else parts
        if np.ndim(parts) > np.ndim(old):
            return False
        room = _TOLERANCE * (abs(self.missing) + np.sum(np.abs(parts)))
        return not abs(effect - self.missing) <= room


def wrong_root(graph: Graph, outputs: list[int], element: int, sizes: list[int]) -> int | None:
    """The scalar node of one element of the outputs, in a graph that may grow by it."""
    for output, size in zip(outputs, sizes, strict=True):
        if element < size:
            if graph.prim(output) == "stack":
                return graph.args(output)[element]
            parts = graph.args(output)
            if graph.prim(output) == "concat" and len(parts) == size:
                return parts[element]
            if graph.types[output].rank == 0:
                return output
            if graph.types[output].rank == 1:
                return Builder(graph).apply("index", [output], element + 1)
            return None
        element -= size
    return None
