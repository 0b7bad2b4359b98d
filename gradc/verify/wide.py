"""Numbers in the range of a long double: sensitivities and errors that need few digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from flint import arb

from gradc.verify.cells import Ball, Cells, Grid

# The extended range is wanted, not the digits: a sensitivity may be 1e-400 where the value
# that it multiplies is 1e400.
Wide = npt.NDArray[np.longdouble]

_SMALLEST, _LARGEST = 1e-290, 1e290


def to_wide(ball: Ball) -> Any:
    """The midpoint of a ball, in the range of a long double."""
    near = float(ball)
    if _SMALLEST < abs(near) < _LARGEST:  # nearly always, and twenty times as fast
        return np.longdouble(near)
    if ball.is_nan():
        return np.longdouble("nan")
    if not ball.is_finite():
        return np.longdouble("inf") if ball == arb.pos_inf() else np.longdouble("-inf")
    mantissa, exponent = ball.mid().man_exp()
    number = int(mantissa)
    shift = max(0, abs(number).bit_length() - 62)
    power = min(max(int(exponent) + shift, -40000), 40000)
    with np.errstate(all="ignore"):
        return np.ldexp(np.longdouble(number >> shift), power)


def wide_array(cells: Cells) -> Wide:
    """The midpoints of cells: a matrix for a matrix, a vector for a vector."""
    flat = np.array([to_wide(cell) for cell in cells], np.longdouble)
    return flat.reshape((cells.nrow, -1), order="F") if isinstance(cells, Grid) else flat


def to_ball(number: np.longdouble) -> Ball:
    """A long double as a ball, exact but for digits beyond the 53rd."""
    if not np.isfinite(number):
        return arb.nan() if np.isnan(number) else arb.pos_inf() if number > 0 else arb.neg_inf()
    mantissa, exponent = np.frexp(number)
    return arb(float(mantissa)) * arb(2) ** int(exponent)
