"""A vector of every turn of a loop as one matrix: turns down, the vector's elements across.

So a loop inside of a loop over data, or one over the rows of a matrix, is work on matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradc.ir.types import Size, known
from gradc.prims import TABLE, Builder


@dataclass(frozen=True, slots=True)
class Operand:
    """An argument of a node: its rank in one turn, whether turns differ, and all turns of it."""

    rank: int
    varies: bool
    node: int


def batched(
    b: Builder, name: str, attrs: Any, operands: Sequence[Operand], rank: int, turns: int
) -> int | None:
    """All turns of a node that has or takes a vector in one turn; None where there is no form.

    ``turns`` is a vector with one element a turn.
    """
    nodes = [operand.node for operand in operands]
    if TABLE[name].elementwise:
        return b.apply(name, _spread(b, operands, turns), attrs)
    first = operands[0]
    if name == "stack":
        return b.apply("bind_cols", [b.broadcast(b.real(node), turns) for node in nodes])
    if not (first.varies and first.rank == 1):
        if name == "matvec" and operands[1].varies and not first.varies:
            return b.apply("matmul", [nodes[1], b.apply("t", [nodes[0]])])
        return None
    if name == "gather":
        return _gathered(b, first.node, operands[1])
    if name == "slice":
        return _columns(b, first.node, attrs)
    if name == "sum":
        return _row_sums(b, first.node)
    if name == "length":
        return b.extent(first.node, 1)
    if name == "index":
        return b.apply("get_col", nodes, attrs)
    if name in _PAIRWISE:
        return _column_by_column(b, _PAIRWISE[name], first.node)
    if name == "broadcast" and rank == 1:
        return first.node
    return None


_PAIRWISE = {"log_sum_exp": "logspace_add", "max": "max2", "min": "min2", "prod": "mul"}
"""Reductions of a row by the function of two numbers that they are made of."""

_MOST_COLUMNS = 32


def _columns(b: Builder, matrix: int, ends: tuple[Size, Size]) -> int | None:
    """A matrix without some of its first and last columns."""
    front = ends[0].substitute(b.graph.bindings)
    if not front.is_known:
        return None
    kept = b.apply(
        "slice",
        [
            b.apply(
                "get_row",
                [
                    matrix,
                ],
                1,
            )
        ],
        ends,
    )
    places = b.apply("seq_along", [kept], front.constant)
    return b.apply("t", [b.apply("gather_rows", [b.apply("t", [matrix]), places])])


def _gathered(b: Builder, matrix: int, index: Operand) -> int | None:
    """An element of each row: of one column, or of a column for each."""
    if index.rank:
        if index.varies:
            return None
        return b.apply("t", [b.apply("gather_rows", [b.apply("t", [matrix]), index.node])])
    if index.varies:
        return b.apply("gather_cells", [matrix, index.node])
    column = b.apply("gather_rows", [b.apply("t", [matrix]), b.stack([index.node])])
    return b.apply("as_vector", [column])


def _column_by_column(b: Builder, name: str, matrix: int) -> int | None:
    """A reduction of each row, column after column; None where they are many, or not known."""
    columns = b.graph.types[matrix].shape[1].substitute(b.graph.bindings)
    if not columns.is_known or not 0 < columns.constant <= _MOST_COLUMNS:
        return None
    parts = [b.apply("get_col", [matrix], k) for k in range(1, columns.constant + 1)]
    total = parts[0]
    for part in parts[1:]:
        total = b.apply(name, [total, part])
    return total


def column_sums(b: Builder, node: int) -> int:
    """Sums over all turns; of rows times a number each they are a product with these numbers."""
    records = b.graph.records
    record = records[node]
    if record[0] == "mul":
        for matrix, other in (record[2:], record[:1:-1]):
            if records[other][0] == "spread_rows" and records[matrix][0] != "spread_rows":
                return b.apply("matvec", [b.apply("t", [matrix]), records[other][2]])
    return b.apply("col_sums", [node])


def _row_sums(b: Builder, node: int) -> int:
    """Sums of rows; of rows times one vector they are a product with the vector."""
    records = b.graph.records
    record = records[node]
    if record[0] == "mul":
        for matrix, other in (record[2:], record[:1:-1]):
            if records[other][0] == "spread_cols" and records[matrix][0] != "spread_cols":
                return b.apply("matvec", [matrix, records[other][2]])
    return b.apply("row_sums", [node])


def _spread(b: Builder, operands: Sequence[Operand], turns: int) -> list[int]:
    """Arguments of an elementwise operation as matrices of one shape, numbers as they are."""
    across = next((o.node for o in operands if o.rank == 1 and not o.varies), None)
    like = next((o.node for o in operands if o.rank == 1 and o.varies), None)
    one = b.const(1.0)
    if like is None and across is not None:
        down = next((o.node for o in operands if o.rank == 0 and o.varies), None)
        is_vector = down is not None and b.graph.types[down].rank == 1
        column = b.real(down) if is_vector and down is not None else b.broadcast(one, turns)
        like = b.apply("outer", [column, b.broadcast(one, across)])
    spread: list[int] = []
    for operand in operands:
        node = operand.node
        if operand.rank == 0 and operand.varies and b.graph.types[node].rank == 1:
            if like is not None:
                node = b.apply("spread_rows", [b.real(node), like])
        elif operand.rank == 1 and not operand.varies and like is not None:
            node = b.apply("spread_cols", [b.real(node), like])
        spread.append(node)
    return spread


def row_of_turn(b: Builder, node: int) -> tuple[int, int] | None:
    """The matrix and the index of ``X[i, ]``, which is written with a vector of one index."""
    records = b.graph.records
    record = records[node]
    if record[0] != "as_vector" or records[record[2]][0] != "gather_rows":
        return None
    _, _, matrix, index = records[record[2]]
    is_single = records[index][0] == "stack" and len(records[index]) == 3
    return (matrix, records[index][2]) if is_single else None


def rows_at(b: Builder, matrix: int, index: int) -> int:
    """The rows of a matrix at an index; all of them are the matrix itself."""
    record = b.graph.records[index]
    rows = b.graph.types[matrix].shape[0].substitute(b.graph.bindings)
    if record[0] == "seq_along" and record[1] == 0 and b.size(index).plus(rows, -1) == known(0):
        return matrix
    return b.apply("gather_rows", [matrix, index])
