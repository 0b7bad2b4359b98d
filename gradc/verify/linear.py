"""Products of matrices, linear systems, determinants and Cholesky factors in ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb, arb_mat, fmpz_mat

from gradc.errors import fail
from gradc.verify.cells import Ball, Cells, Grid, grid, is_infinite


def to_matrix(cells: Cells) -> Any:
    """Cells as an ``arb_mat``; a vector is one column."""
    nrow = cells.nrow if isinstance(cells, Grid) else len(cells)
    ncol = len(cells) // nrow if nrow else 0
    return arb_mat(nrow, ncol, [cells[i + j * nrow] for i in range(nrow) for j in range(ncol)])


def to_grid(matrix: Any) -> Grid:
    """An ``arb_mat`` as cells."""
    nrow, ncol = matrix.nrows(), matrix.ncols()
    entries = matrix.entries()
    return Grid((entries[i * ncol + j] for j in range(ncol) for i in range(nrow)), nrow)


def _product(x: Cells, y: Cells) -> Any:
    left, right = to_matrix(x), to_matrix(y)
    if left.ncols() != right.nrows():
        raise fail("G502", f"{left.ncols()} columns do not fit {right.nrows()} rows")
    return left * right


def _outer(attrs: Any, args: Sequence[Cells]) -> Cells:
    u, v = args
    return Grid((x * y for y in v for x in u), len(u))


def square(cells: Cells) -> Grid:
    """A square matrix; GradcError (G502) where it is not."""
    matrix = grid(cells)
    if matrix.nrow != matrix.ncol:
        raise fail("G502", f"a matrix of {matrix.nrow} x {matrix.ncol} is not square")
    return matrix


def solved(a: Cells, b: Cells) -> Any:
    """The solution of a linear system, NaN where balls do not show that it has one."""
    matrix, right = to_matrix(square(a)), to_matrix(b)
    if matrix.nrows() != right.nrows():
        raise fail("G502", f"{matrix.nrows()} equations have {right.nrows()} right sides")
    # Elimination widens balls at every step; a preconditioned system does not.
    exact = all(cell.is_exact() for cell in a)
    return matrix.solve(right, nonstop=True, algorithm=None if exact else "precond")


def inverted(a: Cells) -> Any:
    """The inverse, NaN where balls do not show that there is one."""
    count = square(a).nrow
    identity = [arb(int(i == j)) for j in range(count) for i in range(count)]
    return solved(a, Grid(identity, count))


def _chol(attrs: Any, args: Sequence[Cells]) -> Cells:
    """Row by row from the upper triangle, which is all that R reads."""
    a = square(args[0])
    count = a.nrow
    out = Grid([arb(0)] * len(a), count)
    for i in range(count):
        rest = a[i + i * count]
        for k in range(i):
            rest = rest - out[k + i * count] ** 2
        # The square root of a negative number is NaN, and so is what follows from it. LAPACK
        # refuses a pivot of zero too.
        root = arb.nan() if rest.is_zero() else rest.sqrt()
        out[i + i * count] = root
        for j in range(i + 1, count):
            rest = a[i + j * count]
            for k in range(i):
                rest = rest - out[k + i * count] * out[k + j * count]
            out[i + j * count] = rest / root
    return out


def _logdet(attrs: Any, args: Sequence[Cells]) -> Cells:
    det = to_matrix(square(args[0])).det()
    return [arb.neg_inf() if det.is_zero() else abs(det).log()]


def _log_sum_exp(attrs: Any, args: Sequence[Cells]) -> Cells:
    cells = args[0]
    if any(cell.is_nan() for cell in cells):
        return [arb.nan()]
    finite = [cell for cell in cells if not is_infinite(cell)]
    if any(is_infinite(cell) and cell > 0 for cell in cells):
        return [arb.pos_inf()]
    if not finite:
        return [arb.neg_inf()]
    largest = finite[0].mid()
    for cell in finite[1:]:
        largest = largest.max(cell.mid())
    total = arb(0)
    for cell in finite:
        total = total + (cell - largest).exp()
    return [largest + total.log()]


def _cumsum(attrs: Any, args: Sequence[Cells]) -> Cells:
    total: Ball = arb(0)
    found: Cells = []
    for cell in args[0]:
        total = total + cell
        found.append(total)
    return found


def _half_lower(attrs: Any, args: Sequence[Cells]) -> Cells:
    m = square(args[0])
    found = Grid([arb(0)] * len(m), m.nrow)
    for j in range(m.nrow):
        found[j + j * m.nrow] = m[j + j * m.nrow] / 2
        for i in range(j + 1, m.nrow):
            found[i + j * m.nrow] = m[i + j * m.nrow]
    return found


def exactly_singular(cells: Cells) -> bool:
    """Whether a matrix of exact numbers has determinant zero, by whole numbers."""
    matrix = square(cells)
    if not all(cell.is_exact() and cell.is_finite() for cell in matrix):
        return False
    parts = [cell.man_exp() for cell in matrix]
    least = min((int(exponent) for mantissa, exponent in parts if mantissa != 0), default=0)
    whole = [
        int(mantissa) << (int(exponent) - least) if mantissa != 0 else 0
        for mantissa, exponent in parts
    ]
    return bool(fmpz_mat(matrix.nrow, matrix.nrow, whole).det() == 0)


LINEAR: Mapping[str, Callable[[Any, Sequence[Cells]], Cells]] = {
    "matmul": lambda attrs, args: to_grid(_product(args[0], args[1])),
    "matvec": lambda attrs, args: list(to_grid(_product(args[0], args[1]))),
    "outer": _outer,
    "solve": lambda attrs, args: to_grid(solved(args[0], args[1])),
    "solvevec": lambda attrs, args: list(to_grid(solved(args[0], args[1]))),
    "inverse": lambda attrs, args: to_grid(inverted(args[0])),
    "det": lambda attrs, args: [to_matrix(square(args[0])).det()],
    "logdet": _logdet,
    "chol": _chol,
    "log_sum_exp": _log_sum_exp,
    "cumsum": _cumsum,
    "half_lower": _half_lower,
    "nrow": lambda attrs, args: [arb(grid(args[0]).nrow)],
    "ncol": lambda attrs, args: [arb(grid(args[0]).ncol)],
    "seq_along": lambda attrs, args: [arb(attrs + k) for k in range(1, len(args[0]) + 1)],
}
