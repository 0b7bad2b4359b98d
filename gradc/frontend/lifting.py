"""Arithmetic between matrices and vectors, with R's recycling and no other."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend.context import Context, OneNode
from gradc.frontend.values import Elements, Evaluated, Refusal, Value
from gradc.ir import Graph
from gradc.ir.types import known


def is_matrix(context: Context, value: Value) -> bool:
    """Whether a value is a matrix of the graph, or one of single numbers."""
    if isinstance(value, Evaluated):
        value = value.value
    if isinstance(value, Elements):
        return value.dim is not None and all(
            isinstance(item, int) and not isinstance(item, bool) for item in value.items
        )
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return context.graph.types[value].rank == 2


def row_of(graph: Graph, node: int) -> int | None:
    """``v`` of the matrix ``t(v)`` with a single row; None for any other matrix."""
    record = graph.records[node]
    if record[0] == "gather_rows":  # t(x[i, ]), of which x[i, ] is as_vector()
        is_single = graph.types[node].shape[0] == known(1)
        return graph.find(("as_vector", None, node)) if is_single else None
    is_row = record[0] == "reshape" and record[1][0] == known(1)
    return record[2] if is_row else None


def as_row(context: Context, vector: int) -> int:
    """The matrix with a vector for its only row."""
    b = context.builder
    return b.apply("reshape", [vector], (known(1), b.size(vector)))


def tensor(context: Context, value: Value, argument: int | None = None) -> int:
    """A number, a vector or a matrix as a node; a matrix of one column is a vector."""
    if isinstance(value, Evaluated):
        value = value.value
    if not isinstance(value, Elements) or value.dim is None:
        return context.node(value, argument)
    b, dim = context.builder, value.dim
    cells = [context.node(item, argument) for item in value.items]
    if dim.rows == dim.columns > 1 and _is_diagonal(context, cells, dim.rows):
        return b.apply("diag_matrix", [b.stack(cells[:: dim.rows + 1])])
    flat = b.stack(cells)
    if dim.columns == 1:
        return flat
    return b.apply("reshape", [flat], (known(dim.rows), known(dim.columns)))


def _is_diagonal(context: Context, cells: Sequence[int], count: int) -> bool:
    """Whether all numbers beside the diagonal are 0."""
    zero = context.builder.const(0.0)
    beside = (cell for place, cell in enumerate(cells) if place % (count + 1))
    return all(cell == zero for cell in beside)


def lifted(context: Context, one: OneNode, values: Sequence[Value]) -> Value | None:
    """An elementwise function where a matrix is among the arguments; None where none is.

    A vector recycles down the columns of a matrix with as many rows.
    """
    if not any(is_matrix(context, value) for value in values):
        return None
    graph, b = context.graph, context.builder
    nodes = [tensor(context, value, k) for k, value in enumerate(values)]
    matrices = [node for node in nodes if graph.types[node].rank == 2]
    rows = [row_of(graph, node) for node in matrices]
    if all(row is not None for row in rows):
        flat = [node if (row := row_of(graph, node)) is None else row for node in nodes]
        found = one(*flat)
        if isinstance(found, int) and not isinstance(found, bool) and graph.types[found].rank:
            return as_row(context, found)
        return found
    like = next(node for node, row in zip(matrices, rows, strict=True) if row is None)
    if any(isinstance(v, Elements) and v.dim is not None and v.dim.columns == 1 for v in values):
        raise Refusal("G201", "a matrix of one column does not recycle over a matrix")
    spread = [
        b.apply("spread_rows", [b.real(node), like]) if graph.types[node].rank == 1 else node
        for node in nodes
    ]
    return one(*spread)


def is_open(context: Context, value: Value) -> bool:
    """Whether a value is a node whose elements are not told apart."""
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    rank = context.graph.types[value].rank
    return rank == 2 or (rank == 1 and context.length_of(value) is None)


def is_tensor(context: Context, value: Value) -> bool:
    """Whether a value is a vector of data, a matrix of data, or a matrix of single numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return context.graph.types[value].rank > 0
    return is_matrix(context, value)


def rank_of(context: Context, node: int) -> int:
    """0 for a number, 1 for a vector, 2 for a matrix."""
    return context.graph.types[node].rank
