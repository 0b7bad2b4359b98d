"""Matrices of a few numbers that a loop over data carries: linear algebra number by number.

A loop carries numbers, so inside of one a product, an inverse or a Cholesky factor of matrices
of known size is written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from gradc.frontend.context import Context
from gradc.frontend.gathering import in_loop
from gradc.frontend.values import Column, Elements, Evaluated, Refusal, Shape, Value
from gradc.prims import Builder

_MOST_CELLS = 16
_LARGEST_INVERSE = 3

Cells = list[list[int]]
"""Rows of nodes."""


def in_cells(context: Context, *values: Value) -> list[Elements] | None:
    """The values as matrices and vectors of single numbers, inside of a loop that they run with.

    None where that is not so, or where one is large, or of a size that only the data tell.
    """
    if not context.open_loops:
        return None
    found: list[Elements] = []
    for value in values:
        cells = _elements(context, value)
        if cells is None:
            return None
        found.append(cells)
    nodes = (item for cells in found for item in cells.items if isinstance(item, int))
    return found if any(in_loop(context, int(node)) for node in nodes) else None


def _elements(context: Context, value: Value) -> Elements | None:
    if isinstance(value, Evaluated):
        value = value.value
    if isinstance(value, Elements):
        return value if 0 < len(value) <= _MOST_CELLS else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    b, node = context.builder, int(value)
    type_ = context.graph.types[node]
    sizes = [size.substitute(context.graph.bindings) for size in type_.shape]
    if not all(size.is_known for size in sizes):
        return None
    counts = [size.constant for size in sizes]
    if reduce(lambda x, y: x * y, counts, 1) > _MOST_CELLS:
        return None
    if not counts:
        return Elements([node], None, Shape(1, 1))
    if len(counts) == 1:
        shape = Shape(counts[0], 1) if isinstance(value, Column) else None
        return Elements([b.index(node, k + 1) for k in range(counts[0])], None, shape)
    rows, columns = counts
    places = [(i + 1, j + 1) for j in range(columns) for i in range(rows)]
    return Elements([b.apply("entry", [node], p) for p in places], None, Shape(rows, columns))


def rows_of(context: Context, x: Elements) -> Cells:
    """The cells of a matrix by row; a vector is a column."""
    rows = x.dim.rows if x.dim is not None else len(x)
    nodes = [context.builder.real(context.node(item)) for item in x.items]
    return [nodes[i::rows] for i in range(rows)]


def matrix_of(rows: Cells) -> Value:
    """The matrix of these rows; one of a single cell is a number that R takes for a matrix."""
    if len(rows) == len(rows[0]) == 1:
        return Column(rows[0][0])
    cells = [row[j] for j in range(len(rows[0])) for row in rows]
    return Elements(cells, None, Shape(len(rows), len(rows[0])))


def _square(context: Context, x: Elements, what: str, largest: int = _LARGEST_INVERSE) -> Cells:
    rows = rows_of(context, x)
    if len(rows) != len(rows[0]):
        raise Refusal("G201", f"'{what}' takes a square matrix", None, 0)
    if len(rows) > largest:
        raise Refusal(
            "G104",
            f"'{what}' inside of a loop over data takes matrices of {largest} rows at most",
            None,
            0,
        )
    return rows


def determinant(context: Context, x: Elements) -> int:
    """The determinant of a matrix of up to three rows."""
    return _determinant(context.builder, _square(context, x, "det"))


def _determinant(b: Builder, rows: Cells) -> int:
    if len(rows) == 1:
        return rows[0][0]
    signed = [b.mul(rows[0][j], _minor(b, rows, 0, j)) for j in range(len(rows))]
    total = b.sub(signed[0], signed[1])
    return b.add(total, signed[2]) if len(rows) == 3 else total


def _minor(b: Builder, rows: Cells, i: int, j: int) -> int:
    """The determinant without a row and a column; 1 of a matrix of one cell."""
    rest = [row[:j] + row[j + 1 :] for k, row in enumerate(rows) if k != i]
    return _determinant(b, rest) if rest else b.const(1.0)


def solve(context: Context, a: Elements, right: Elements | None) -> Value:
    """The inverse, or the solution for a right side, by Cramer's rule."""
    b, rows = context.builder, _square(context, a, "solve")
    count = len(rows)
    det = _determinant(b, rows)
    signed = [[_minor(b, rows, j, i) for j in range(count)] for i in range(count)]
    signed = [
        [b.neg(cell) if (i + j) % 2 else cell for j, cell in enumerate(row)]
        for i, row in enumerate(signed)
    ]
    if right is None:
        return matrix_of([[b.div(cell, det) for cell in row] for row in signed])
    sides = rows_of(context, right)
    if len(sides) != count:
        raise Refusal("G201", f"a right side of {len(sides)} numbers does not fit", None, 1)
    solved = [
        [b.div(_sum(b, row, [side[j] for side in sides]), det) for j in range(len(sides[0]))]
        for row in signed
    ]
    return _like(solved, right)


def _like(rows: Cells, right: Elements) -> Value:
    """A result as a vector where the right side is one."""
    return matrix_of(rows) if right.dim is not None else Elements([row[0] for row in rows])


def _sum(b: Builder, left: Sequence[int], right: Sequence[int]) -> int:
    """The sum of products."""
    return reduce(b.add, [b.mul(x, y) for x, y in zip(left, right, strict=True)])


def cholesky(context: Context, x: Elements) -> Value:
    """The upper triangular factor; only the upper triangle of the matrix is read, as in R."""
    b, rows = context.builder, _square(context, x, "chol", 4)
    count, zero = len(rows), context.builder.const(0.0)
    upper = [[zero] * count for _ in range(count)]
    for i in range(count):
        for j in range(i, count):
            rest = rows[i][j]
            for k in range(i):
                rest = b.sub(rest, b.mul(upper[k][i], upper[k][j]))
            is_diagonal = i == j
            upper[i][j] = b.apply("sqrt", [rest]) if is_diagonal else b.div(rest, upper[i][i])
    return matrix_of(upper)


def substitute(context: Context, a: Elements, right: Elements, *, upper: bool) -> Value:
    """The solution of a triangular system."""
    b, rows = context.builder, _square(context, a, "backsolve" if upper else "forwardsolve", 4)
    sides = rows_of(context, right)
    if len(sides) != len(rows):
        raise Refusal("G201", f"a right side of {len(sides)} numbers does not fit", None, 1)
    count = len(rows)
    solved: Cells = [[] for _ in rows]
    for i in reversed(range(count)) if upper else range(count):
        done = range(i + 1, count) if upper else range(i)
        for column, rest in enumerate(sides[i]):
            for k in done:
                rest = b.sub(rest, b.mul(rows[i][k], solved[k][column]))
            solved[i].append(b.div(rest, rows[i][i]))
    return _like(solved, right)
