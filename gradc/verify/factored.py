"""Rounding errors of linear systems, inverses, determinants and Cholesky factors.

A computed solution is the exact one of a matrix that is off by ``|δA| <= c·n·u·|L||U|``, L and
U being the factors of elimination with partial pivoting, so the growth of its numbers is in
there; a computed Cholesky factor is that of a matrix off by ``(n+1)·u·|R'||R|``. What that does
to the result is its sensitivity to the matrix, ``|A⁻¹||δA||x|``, with all higher orders summed
where ``|A⁻¹||δA|`` is below one half; where it is not, nothing is known of the result.

Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, theorems 9.4 (systems),
10.3 (Cholesky), sections 14.3 (inverses) and 14.6 (determinants); Sun (1992) for what a
perturbation does to a Cholesky factor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradc.verify.cells import Cells, Grid, grid
from gradc.verify.linear import inverted, solved, square, to_grid
from gradc.verify.wide import Wide, wide_array

_HALF = 0.5
_QUARTER = 0.25
# Operations behind one number of a solution: elimination and two triangular systems, each with
# n steps; as one ulp is two units of rounding there is a factor of two to spare.
_STEPS = 3
_OWN_STEPS = 8


@dataclass(frozen=True, slots=True)
class Steps:
    """What one operation adds: ``unit`` relative to its result, ``tiny`` where it underflows."""

    unit: Wide
    tiny: Wide


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A matrix with ``|A⁻¹|``, its pivots, how far off the factored one is, and ``|A⁻¹||δA|``."""

    inverse: Wide
    pivots: Wide
    off: Wide
    spread: Wide

    @property
    def is_known(self) -> bool:
        """Whether every matrix within reach of rounding has an inverse."""
        return _norm(self.spread) < _HALF


def _norm(matrix: Wide) -> float:
    if matrix.size == 0:
        return 0.0
    largest = np.abs(matrix).sum(axis=1).max()
    return float(largest) if np.isfinite(largest) else np.inf


def _analysed(a: Cells, steps: Steps) -> _Matrix:
    values = wide_array(square(a))
    count = len(values)
    product, pivots = _factors(values)
    off = (_STEPS * count + 2) * steps.unit * product + 4 * count * steps.tiny
    inverse = np.abs(wide_array(to_grid(inverted(Grid([cell.mid() for cell in a], count)))))
    return _Matrix(inverse, pivots, off, inverse @ off)


def _factors(a: Wide) -> tuple[Wide, Wide]:
    """``|L||U|`` of elimination with partial pivoting, rows in their old order; the pivots."""
    count = len(a)
    rest = a.copy()
    order = np.arange(count)
    for k in range(count):
        best = k + int(np.argmax(np.abs(rest[k:, k])))
        if best != k:
            rest[[k, best]], order[[k, best]] = rest[[best, k]], order[[best, k]]
        if rest[k, k] == 0:
            continue
        rest[k + 1 :, k] /= rest[k, k]
        rest[k + 1 :, k + 1 :] -= np.outer(rest[k + 1 :, k], rest[k, k + 1 :])
    lower = np.abs(np.tril(rest, -1)) + np.eye(count, dtype=np.longdouble)
    product = np.zeros_like(a)
    product[order] = lower @ np.abs(np.triu(rest))
    return product, np.abs(np.diag(rest))


def _solution_errors(matrix: _Matrix, x: Wide, steps: Steps) -> Wide:
    """For the solutions ``x``, a column each, of systems with this matrix.

    No target solves by multiplying with an inverse, whose errors would be larger.
    """
    if not matrix.is_known:
        return np.full(x.shape, np.inf, np.longdouble)
    first = matrix.spread @ np.abs(x)
    # (I - G)⁻¹ G y <= G y + G (I - G)⁻¹ (G y), and |(I - G)⁻¹| is at most 2 in the norm.
    higher = matrix.spread.sum(axis=1)[:, None] * (2 * first.max(axis=0, initial=0))
    return np.asarray(first + higher + steps.unit * np.abs(x) + steps.tiny, np.longdouble)


def _solve(args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    x = wide_array(cells)
    return _solution_errors(_analysed(args[0], steps), x if x.ndim == 2 else x[:, None], steps)


def _inverse(args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    return _solution_errors(_analysed(args[0], steps), wide_array(grid(cells)), steps)


def _relative(matrix: _Matrix, steps: Steps) -> Wide:
    """How far off the determinant is, relative to itself."""
    if not matrix.is_known:
        return np.full(1, np.inf, np.longdouble)
    # det(I + M) - 1 is at most e^t - 1 with t the sum of |M|'s diagonal and higher orders.
    trace = np.trace(matrix.spread) + len(matrix.spread) * _norm(matrix.spread) ** 2
    return np.asarray(np.expm1(2 * trace.reshape(1)), np.longdouble)


def _det(args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    matrix = _analysed(args[0], steps)
    own = (2 * len(matrix.pivots) + 1) * steps.unit
    return np.asarray(
        np.abs(wide_array(cells)) * (_relative(matrix, steps) * 2 + own) + steps.tiny, np.longdouble
    )


def _logdet(args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    matrix = _analysed(args[0], steps)
    # Logarithms of the pivots are summed, or those of their halves twice.
    logs = np.abs(np.log(matrix.pivots)).sum() + len(matrix.pivots)
    own = (len(matrix.pivots) + _OWN_STEPS) * steps.unit * logs
    return np.asarray(_relative(matrix, steps) * 2 + own, np.longdouble)


def _chol(args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    factor = grid(cells)
    count = factor.nrow
    r = np.abs(np.triu(wide_array(factor)))
    identity = Grid([cell * 0 + int(k % (count + 1) == 0) for k, cell in enumerate(factor)], count)
    middle = Grid([cell.mid() for cell in factor], count)
    inverse = np.abs(wide_array(to_grid(solved(middle, identity))))
    off = (count + 3) * steps.unit * (r.T @ r) + 4 * count * steps.tiny
    inner = inverse.T @ off @ inverse
    if not _norm(inner) < _QUARTER:
        return np.full(r.shape, np.inf, np.longdouble)
    upper = np.triu(inner)
    upper[np.diag_indices(count)] /= 2
    return np.triu(2 * upper @ r + steps.unit * r + steps.tiny)


FACTORED: Mapping[str, Callable[[Sequence[Cells], Cells, Steps], Wide]] = {
    "solve": _solve,
    "solvevec": _solve,
    "inverse": _inverse,
    "det": _det,
    "logdet": _logdet,
    "chol": _chol,
}


def factored_errors(name: str, args: Sequence[Cells], cells: Cells, steps: Steps) -> Wide:
    """Bounds of the rounding errors of one of these primitives, column by column.

    Infinite where the result, or what it would take to bound it, is not finite.
    """
    with np.errstate(all="ignore"):
        found = FACTORED[name](args, cells, steps).ravel(order="F")
        return np.where(np.isnan(found), np.inf, found)
