"""Transposes for the reverse sweep with numbers: moves, sums, products and linear systems.

Each gives the sensitivity of outputs to every argument from that to the result; the rows of a
sensitivity are cells (of a matrix column by column), its columns are outputs. They are written
again here, apart from the table, so that the bounds do not lean on what they judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradc.verify.cells import Cells, Grid, grid
from gradc.verify.linear import inverted, to_grid
from gradc.verify.moves import MOVES, SUMS, moved_args
from gradc.verify.wide import Wide, to_wide, wide_array

Parts = list[Wide | None]


def moved_bars(name: str, attrs: Any, args: Sequence[Cells], bar: Wide) -> Parts:
    """What is sent back along each move."""
    places = np.array(MOVES[name](attrs, args)[0], dtype=np.intp)
    moved = moved_args(name, args)
    whole = np.zeros((sum(map(len, moved)), bar.shape[1]), np.longdouble)
    kept = places >= 0
    np.add.at(whole, places[kept], bar[kept])
    ends = np.cumsum([len(arg) for arg in moved])
    parts: Parts = [whole[end - len(arg) : end] for arg, end in zip(moved, ends, strict=True)]
    return parts + [None] * (len(args) - len(moved))


def summed_bars(name: str, attrs: Any, args: Sequence[Cells], bar: Wide) -> Parts:
    """What is sent back to each term of a sum."""
    if name == "sum":
        return [np.broadcast_to(bar, (len(args[0]), bar.shape[1]))]
    places = np.array(SUMS[name](attrs, args)[0], dtype=np.intp)
    return [bar[places], *([None] * (len(args) - 1))]


def _cumsum(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    return [np.cumsum(bar[::-1], axis=0)[::-1]]


def _half_lower(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    count = grid(out).nrow
    weight = np.tril(np.ones((count, count), np.longdouble), -1) + np.eye(count) / 2
    return [bar * weight.ravel(order="F")[:, None]]


def _log_sum_exp(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    share = np.array([to_wide((cell - out[0]).exp()) for cell in args[0]], np.longdouble)
    return [_times(share[:, None], bar)]


def _times(values: Wide, bar: Wide) -> Wide:
    """A product in which nothing times infinity is nothing, as for a branch not taken."""
    return np.where(bar == 0, 0, values * bar)


def _stack_of(bar: Wide, rows: int) -> Wide:
    """A sensitivity as one matrix an output: axes output, row, column."""
    count = bar.shape[1]
    return bar.T.reshape((count, -1, rows)).transpose(0, 2, 1)


def _flat(stack: Wide) -> Wide:
    """The other way: axes cell (column by column), output."""
    return stack.transpose(0, 2, 1).reshape((len(stack), -1)).T


def _product(left: Wide, right: Wide) -> Wide:
    """Products of stacked matrices, in which nothing times infinity is nothing."""
    if np.isfinite(left).all() and np.isfinite(right).all():
        return np.asarray(left @ right, np.longdouble)
    terms = left[..., :, :, None] * right[..., None, :, :]
    nothing = (left == 0)[..., :, :, None] | (right == 0)[..., None, :, :]
    return np.asarray(np.where(nothing, 0, terms).sum(axis=-2), np.longdouble)


def _matrix(cells: Cells) -> Wide:
    """A matrix; a vector is one column."""
    values = wide_array(cells)
    return values if isinstance(cells, Grid) else values[:, None]


def _matmul(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    x, y = _matrix(args[0]), _matrix(args[1])
    bars = _stack_of(bar, len(x))
    return [_flat(_product(bars, y.T)), _flat(_product(x.T, bars))]


def _outer(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    u, v = _matrix(args[0]), _matrix(args[1])
    bars = _stack_of(bar, len(u))
    return [_flat(_product(bars, v)), _flat(_product(bars.transpose(0, 2, 1), u))]


def _inverse_of(cells: Cells) -> Wide:
    return wide_array(to_grid(inverted(cells)))


def _solve(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    x = _matrix(out)
    right = _product(_inverse_of(args[0]).T, _stack_of(bar, len(x)))
    return [_flat(-_product(right, x.T)), _flat(right)]


def _inverse(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    across = _matrix(out).T
    return [_flat(-_product(_product(across, _stack_of(bar, len(across))), across))]


def _logdet(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    across = _inverse_of(args[0]).T
    return [_times(across.ravel(order="F")[:, None], bar)]


def _det(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    across = _inverse_of(args[0]).T * to_wide(out[0])
    return [_times(across.ravel(order="F")[:, None], bar)]


def _chol(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> Parts:
    """Of A = R' R: S = R⁻¹ P(R R_bar') R⁻ᵀ, P the lower half; A's upper triangle gets S + S'."""
    r = _matrix(out)
    inverse = _inverse_of(out)
    bars = _stack_of(bar, len(r))
    half = np.tril(np.ones(r.shape, np.longdouble), -1) + np.eye(len(r)) / 2
    inner = _product(r, bars.transpose(0, 2, 1)) * half
    part = _product(_product(inverse, inner), inverse.T)
    both = part + part.transpose(0, 2, 1)
    return [_flat(both * half.T)]


TRANSPOSES: Mapping[str, Callable[[Any, list[Cells], Cells, Wide], Parts]] = {
    "cumsum": _cumsum,
    "half_lower": _half_lower,
    "log_sum_exp": _log_sum_exp,
    "matmul": _matmul,
    "matvec": _matmul,
    "outer": _outer,
    "solve": _solve,
    "solvevec": _solve,
    "inverse": _inverse,
    "logdet": _logdet,
    "det": _det,
    "chol": _chol,
    "nrow": lambda attrs, args, out, bar: [None],
    "ncol": lambda attrs, args, out, bar: [None],
    "seq_along": lambda attrs, args, out, bar: [None],
}
