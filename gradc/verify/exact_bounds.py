"""Bounds for a target that computes with as many digits as it takes and rounds once.

What it may be off by is that last rounding, and its constants: it has the decimal that was
written where every other target has the double nearest to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

from gradc.ir import Function
from gradc.verify.bounds import Bound, Bounds
from gradc.verify.cells import Cells
from gradc.verify.evaluate import Point, bind, concrete, evaluate
from gradc.verify.oracle import evaluated
from gradc.verify.rounding import Arithmetic, arithmetic, widen

_DYADIC_BITS = 10


def exact_bounds(function: Function, target: str, point: Point, dtype: str) -> Bounds:
    """Bounds for every output of a function in which constants alone are inexact."""
    model = arithmetic(target, dtype)
    inputs = bind(function, point, dtype)
    function = concrete(function, inputs)
    exact, _ = evaluated(function, inputs)
    roots = list(function.outputs.values())
    wide = evaluate(function.graph, roots, inputs, exact.bits, _Constants(model).widened)
    found: dict[str, tuple[Bound, ...]] = {}
    for name, node in function.outputs.items():
        pairs = zip(wide[node], exact.cells[name], strict=True)
        found[name] = tuple(Bound(_radius(model, w, e), "ball") for w, e in pairs)
    return Bounds(found, exact)


def _radius(model: Arithmetic, wide: Any, cell: Any) -> Any:
    """How far the constants may move a number, and one more unit for rounding the result."""
    if not cell.is_finite():
        return arb(0)
    if not wide.is_finite():
        return arb.pos_inf()
    return (abs(wide - cell) + abs(cell) * model.unit + model.tiny).upper()


class _Constants:
    """Widens constants that are not few bits: products of them move by the sum of both."""

    def __init__(self, model: Arithmetic) -> None:
        self._unit = model.unit

    def widened(
        self, node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells
    ) -> Cells:
        if name != "const" or isinstance(cells[0], bool) or not cells[0].is_finite():
            return cells
        mantissa, _ = cells[0].mid().man_exp()
        if abs(int(mantissa)).bit_length() <= _DYADIC_BITS:
            return cells
        return [widen(cells[0], abs(cells[0]) * self._unit)]
