"""How far one step of a target's arithmetic may lie from the exact result.

``IEEE 754`` operations are correctly rounded; a library function is as accurate as it was
measured to be (``gradc.prims.accuracy``). Whoever evaluates a function in balls widens every
node by this much, and the result holds whatever the target computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import arb

from gradc.errors import fail
from gradc.prims import TABLE
from gradc.prims.accuracy import ACCURACY
from gradc.prims.balls import power
from gradc.verify.cells import Ball, Cells, common_length, is_infinite, recycle, size
from gradc.verify.evaluate import apply
from gradc.verify.factored import FACTORED, Steps, factored_errors
from gradc.verify.moves import MOVES
from gradc.verify.partial import SUMMING, masses
from gradc.verify.wide import to_ball, to_wide

# Results that are one of the arguments, a whole number, or a truth: nothing is rounded.
_EXACT = frozenset(
    [
        "input",
        "neg",
        "abs",
        "sign",
        "floor",
        "ceiling",
        "round",
        "trunc",
        "min2",
        "max2",
        "min",
        "max",
        "select",
        "as_real",
        "length",
        "nrow",
        "ncol",
        "seq_along",
        *MOVES,
        "lt",
        "le",
        "gt",
        "ge",
        "eq",
        "ne",
        "and",
        "or",
        "not",
    ]
)
# Correctly rounded by IEEE 754, so a result that is a double is that double.
_CORRECT = frozenset({"add", "sub", "mul", "div", "sqrt", "outer"})
# Rounding counted by steps, not measured.
_COUNTED = frozenset(
    ["const", "exact_pi", "prod", "prod_others", "mod", "idiv", "half_lower", "log_sum_exp"]
) | {*SUMMING, *FACTORED}
_DIGITS = {"float64": 53, "float32": 24}
_EXPONENTS = {"float64": (-1022, 1024), "float32": (-126, 128)}
# Targets that set subnormal results, and subnormal arguments, to zero.
_FLUSHES = frozenset({"tf"})
# Targets that compute with the library of another one.
_LIBRARY = {"keras": "tf"}
_REASSOCIATES = frozenset({"tmb"})
# special.expit and R's 1/(1 + exp(-x)) are 0 where exp(-x) overflows, at x < -709.78; the true
# value there is subnormal. special.ndtr and log_ndtr flush subnormal results as well, and so does
# R's pnorm, which is 0 below x = -37.5193.
_LOSES_SUBNORMALS = {
    "numpy": frozenset({"sigmoid", "pnorm", "log_pnorm", "inverse_mills"}),
    "r": frozenset({"sigmoid", "pnorm"}),
}
_DOUBLE_ONLY = frozenset({"r", "tmb", "sympy"})
EXACT = frozenset({"sympy"})
"""Targets that compute with as many digits as it takes, and round once at the end."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Worst error of a primitive on a target.

    ``relative`` is in ulps of the result, ``absolute`` in ulps of 1; ``argument`` is the
    rounding of the arguments inside the library, in ulps of each.
    """

    relative: float
    absolute: float
    argument: float


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The numbers that a target computes with.

    ``unit`` is one ulp relative to the value, at its widest; ``tiny`` the smallest number
    that does not become zero; ``largest`` what overflows. ``reassociates`` says that sums are
    computed in an order of the target's own.
    """

    target: str
    dtype: str
    digits: int
    unit: Ball
    tiny: Ball
    largest: Ball
    reassociates: bool = False

    @property
    def normal(self) -> Ball:
        """The smallest number that has all of its digits."""
        return arb(2) ** _EXPONENTS[self.dtype][0]

    def holds(self, ball: Ball) -> bool:
        """Whether a ball is one number, and that number needs no rounding."""
        if not ball.is_exact() or not ball.is_finite():
            return False
        mantissa, exponent = ball.man_exp()
        if mantissa == 0:
            return True
        least = _EXPONENTS[self.dtype][0] - self.digits + 1
        return bool(abs(int(mantissa)).bit_length() <= self.digits and exponent >= least)


@cache
def arithmetic(target: str, dtype: str = "float64") -> Arithmetic:
    """The arithmetic of a target; float32 where the target can compute in it."""
    target = _LIBRARY.get(target, target)
    digits = _DIGITS[dtype]
    low, high = _EXPONENTS[dtype]
    least = low if target in _FLUSHES else low - digits + 1
    two = arb(2)
    unit, tiny, largest = two ** (1 - digits), two**least, two**high
    return Arithmetic(target, dtype, digits, unit, tiny, largest, target in _REASSOCIATES)


def computes_in(target: str, dtype: str) -> bool:
    """Whether a target has numbers of this kind at all."""
    return dtype == "float64" or target not in _DOUBLE_ONLY


@cache
def accuracy(name: str, target: str, dtype: str) -> Accuracy:
    """Measured worst error of a primitive.

    Raises: GradcError (G504) where it was not measured.
    """
    key = target if dtype == "float64" else f"{target}/{dtype}"
    measured = ACCURACY.get(name, {}).get(key)
    if measured is None:
        raise fail("G504", f"how accurate '{name}' is on target {key} has not been measured")
    return Accuracy(max(1.0, measured[0]), measured[1], measured[2])


def errors(model: Arithmetic, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
    """A bound of the rounding error of one node, a non-negative number for each of its cells.

    ``cells`` is what the primitive gives for ``args``, both as the target has them and narrow.
    """
    if name in _EXACT:
        return [arb(0)] * len(cells)
    found = _errors(model, name, attrs, args, cells)
    blurred = _blurred(model, name, attrs, args)
    if blurred is None:
        return found
    return [e + size(other - cell) for e, other, cell in zip(found, blurred, cells, strict=True)]


def widened(model: Arithmetic, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
    """The cells that enclose whatever the target may have computed from ``args``."""
    if name in _EXACT:
        return cells
    blurred = _blurred(model, name, attrs, args)
    if blurred is not None:
        cells = blurred
    found = _errors(model, name, attrs, args, cells)
    return [
        cell if isinstance(cell, bool) or error.is_zero() else widen(cell, error)
        for cell, error in zip(cells, found, strict=True)
    ]


def _blurred(model: Arithmetic, name: str, attrs: Any, args: Sequence[Cells]) -> Cells | None:
    """The primitive of arguments as far off as its library rounds them inside."""
    if name in _CORRECT or name in _COUNTED:
        return None
    inner = accuracy(name, model.target, model.dtype).argument
    if not inner:
        return None
    reach = model.unit * inner
    # A library never rounds an order or a count.
    blurred = [
        [_near(cell, reach) for cell in arg] if TABLE[name].varies_with(param) else arg
        for param, arg in zip(TABLE[name].params, args, strict=True)
    ]
    if name == "pow":
        rows = common_length(args)
        columns = (*args, *blurred)
        return [_power_near(*row) for row in zip(*(recycle(c, rows) for c in columns), strict=True)]
    return apply(name, attrs, blurred)


def _near(cell: Ball, reach: Ball) -> Ball:
    return cell if is_infinite(cell) else widen(cell, size(cell) * reach)


def _power_near(x: Ball, y: Ball, base: Ball, exponent: Ball) -> Ball:
    """A power of arguments that are off: a base that is not positive takes whole exponents only.

    The power of a negative base has the size of that of the positive one.
    """
    if base > 0:
        return power(base, exponent)
    exact = power(base, y)
    if base < 0 and exact.is_finite():
        size = power(-base, exponent)
        return size if exact > 0 else -size
    return exact


def _errors(model: Arithmetic, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
    """Bounds for what a primitive adds to its exact result, its arguments being right."""
    unit = model.unit
    if name == "const":
        cell = cells[0]
        exact = isinstance(cell, bool) or model.holds(cell) or is_infinite(cell)
        return [arb(0) if exact else size(cell) * unit]
    if name == "exact_pi":
        return [size(cell) * unit for cell in cells]
    if name in SUMMING:
        return [(mass * unit + model.tiny) * steps for mass, steps in masses(name, attrs, args)]
    if name in FACTORED:
        steps = Steps(to_wide(unit), to_wide(model.tiny))
        return [to_ball(error) for error in factored_errors(name, args, cells, steps)]
    if name == "log_sum_exp":
        return [_log_sum_exp_error(model, args[0], cells[0])]
    if name == "half_lower":  # a half is exact but for the smallest numbers
        return [arb(0) if model.holds(cell) else model.tiny for cell in cells]
    if name in ("prod", "prod_others"):
        count = 2 * len(args[0])
        return [size(cell) * unit * count + model.tiny * count for cell in cells]
    if name in ("mod", "idiv"):
        return _division_errors(model, name, args, cells)
    if name in _CORRECT:
        return [
            arb(0) if model.holds(cell) or is_infinite(cell) else size(cell) * unit + model.tiny
            for cell in cells
        ]
    measured = accuracy(name, model.target, model.dtype)
    tiny = model.tiny
    if name in _LOSES_SUBNORMALS.get(model.target, ()):
        tiny = arb(2) ** _EXPONENTS[model.dtype][0]
    scale, floor = unit * measured.relative, unit * measured.absolute + tiny
    return [arb(0) if is_infinite(cell) else size(cell) * scale + floor for cell in cells]


def _log_sum_exp_error(model: Arithmetic, cells: Cells, out: Ball) -> Ball:
    """Of ``m + log(sum(exp(x - m)))``, m the largest element.

    A rounded difference d = x - m is off by |d| ulps, which exp takes to its own relative error,
    weighted by exp(d); exp and log are as accurate as measured, the sum is in any order.
    """
    if not out.is_finite():
        return arb(0) if is_infinite(out) else arb.nan()
    finite = [cell for cell in cells if not is_infinite(cell)]
    largest = finite[0]
    for cell in finite[1:]:
        largest = largest.max(cell)
    terms = [(cell - largest).mid() for cell in finite]
    weights = [d.exp() for d in terms]
    total = sum(weights, arb(0))
    off = sum((size(d) * w for d, w in zip(terms, weights, strict=True)), arb(0)) / total
    exp, log = (accuracy(name, model.target, model.dtype) for name in ("exp", "log"))
    inner = off + exp.relative + len(finite)
    last = total.log() * log.relative + log.absolute + size(out) + size(largest)
    return size((inner + last) * model.unit + model.tiny * (len(finite) + 2))


def _division_errors(model: Arithmetic, name: str, args: Sequence[Cells], cells: Cells) -> Cells:
    """Remainder and whole quotient, where x/y rounded may lie on the other side of an integer."""
    rows = common_length(args)
    found: Cells = []
    for x, y, cell in zip(recycle(args[0], rows), recycle(args[1], rows), cells, strict=True):
        quotient = widen(x / y, size(x / y) * model.unit)
        low, high = quotient.lower().floor(), quotient.upper().floor()
        if name == "idiv":
            jump = (high - low) if high > low else arb(0)
        else:
            jump = (size(x) + size(y)) * model.unit * 4 + model.tiny
            jump = jump + (high - low) * size(y)
        found.append(arb(0) if cell.is_nan() else jump)
    return found


def widen(ball: Ball, error: Ball) -> Ball:
    """The ball made wider on both sides."""
    return ball + arb(0, error.upper())


_LOW, _HIGH = 1e-290, 1e290


def clamped(model: Arithmetic, cells: Cells) -> Cells:
    """The cells with the target's exponent range: too large is infinite, too small is zero."""
    low, high = max(2 * float(model.tiny), _LOW), min(float(model.largest) / 2, _HIGH)
    return [
        # A middle inside of the range is nearly all there is, and quickly seen.
        cell if isinstance(cell, arb) and low < abs(float(cell)) < high else _clamp(model, cell)
        for cell in cells
    ]


def _clamp(model: Arithmetic, cell: Any) -> Any:
    if not isinstance(cell, arb) or cell.is_zero() or (cell.is_exact() and not cell.is_finite()):
        return cell
    size = abs(cell)
    if size > model.largest:
        return arb.pos_inf() if cell > 0 else arb.neg_inf()
    if not cell.is_finite():
        return cell
    return arb(0) if size < model.tiny / 2 else cell
