"""How far a right program's answer may lie from the truth: a bound for each output.

The bound belongs to one function on one target at one point. It is found in ball arithmetic,
every node widened by what the target's arithmetic may add: a proof. Balls forget correlation,
so on long chains they explode; where they claim that more than half of the digits are lost,
the first-order bound is used instead, and said to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from flint import arb, ctx

from gradc.ir import Function, reachable
from gradc.verify.cells import Ball, Cells
from gradc.verify.evaluate import Point, bind, concrete, evaluate
from gradc.verify.first_order import first_order_bounds
from gradc.verify.oracle import FIRST_BITS, Truth, evaluated
from gradc.verify.rounding import Arithmetic, arithmetic, clamped
from gradc.verify.sums import Rounding
from gradc.verify.sweep import BITS
from gradc.verify.wide import to_ball

Method = Literal["ball", "first order", "none"]
_WIDENED_BITS = 160


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound of one number: a ball around zero's radius, and how it was found.

    ``range_failure`` names the first primitive whose result leaves the exponent range of the
    target so that this number is lost, empty where none does.
    """

    radius: Ball
    method: Method
    range_failure: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of all outputs, one a row, and the exact values of the function they belong to."""

    cells: Mapping[str, tuple[Bound, ...]]
    exact: Truth


def bounds(function: Function, target: str, point: Point, dtype: str = "float64") -> Bounds:
    """Bounds of the rounding error of this very function, as this target computes it.

    Raises: GradcError (G504) for a primitive whose accuracy there was not measured.
    """
    model = arithmetic(target, dtype)
    inputs = bind(function, point, dtype)
    function = concrete(function, inputs)
    exact, unrounded = evaluated(function, inputs)
    roots = list(function.outputs.values())
    wide = evaluate(
        function.graph,
        roots,
        inputs,
        _WIDENED_BITS,
        Rounding(model, function.graph).widened,
    )
    radii = {
        name: [_distance(w, e) for w, e in zip(wide[node], exact.cells[name], strict=True)]
        for name, node in function.outputs.items()
    }
    found = {name: [Bound(radius, "ball") for radius in row] for name, row in radii.items()}
    exploded = [
        (name, row)
        for name, cells in exact.cells.items()
        for row, cell in enumerate(cells)
        if cell.is_finite() and _exploded(model, radii[name][row], cell)
    ]
    if exploded:
        # As many more bits as the exact values needed: a chaotic chain loses some at each step.
        bits = BITS + exact.bits - FIRST_BITS
        _replace_exploded(function, model, inputs, exploded, found, bits)
    if any(_leaves_range(model, cells) for cells in unrounded.cells.values()):
        _check_range(function, model, inputs, exact, found)
    return Bounds({name: tuple(row) for name, row in found.items()}, exact)


def _distance(ball: Ball, centre: Ball) -> Ball:
    """The largest distance of a point of a ball from a point of another; NaN is infinitely far."""
    if not ball.is_finite() or not centre.is_finite():
        same = ball == centre and ball.is_exact()
        return arb(0) if same else arb.pos_inf()
    return abs(ball - centre).upper()


def _exploded(model: Arithmetic, radius: Ball, cell: Ball) -> bool:
    return not radius < abs(cell) * arb(2) ** (-model.digits // 2)


def _replace_exploded(
    function: Function,
    model: Arithmetic,
    inputs: Mapping[str, Cells],
    exploded: Sequence[tuple[str, int]],
    found: dict[str, list[Bound]],
    bits: int,
) -> None:
    seeds = [(function.outputs[name], row) for name, row in exploded]
    radii = first_order_bounds(function, model, inputs, seeds, bits)
    for (name, row), radius in zip(exploded, radii, strict=True):
        ball = found[name][row].radius
        if np.isfinite(radius):
            narrow = to_ball(radius)
            if not narrow >= ball:
                found[name][row] = Bound(narrow, "first order")
        elif not ball.is_finite():
            found[name][row] = Bound(ball, "none")


def _leaves_range(model: Arithmetic, cells: Cells) -> bool:
    return any(a is not b for a, b in zip(clamped(model, cells), cells, strict=True))


def _check_range(
    function: Function,
    model: Arithmetic,
    inputs: Mapping[str, Cells],
    exact: Truth,
    found: dict[str, list[Bound]],
) -> None:
    """Widen bounds by what overflow does, which balls do not know of."""
    culprits: dict[int, str] = {}

    def adjust(node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
        kept = clamped(model, cells)
        if any(a is not b for a, b in zip(kept, cells, strict=True)):
            culprits[node] = name
        return kept

    roots = list(function.outputs.values())
    simulated = evaluate(function.graph, roots, inputs, exact.bits, adjust)
    if not culprits:
        return
    with ctx.workprec(exact.bits):
        for name, node in function.outputs.items():
            for row, (cell, truth) in enumerate(
                zip(simulated[node], exact.cells[name], strict=True)
            ):
                if not truth.is_finite() or abs(truth) > model.largest:
                    continue
                old = found[name][row]
                if cell.is_finite():
                    radius = old.radius + abs(cell - truth).upper()
                    failed = radius > abs(truth) and abs(truth) > model.tiny
                else:
                    radius, failed = arb.pos_inf(), True
                culprit = _first_culprit(function, node, culprits) if failed else ""
                found[name][row] = Bound(radius, old.method, culprit)


def _first_culprit(function: Function, node: int, culprits: Mapping[int, str]) -> str:
    marks = reachable(function.graph, [node])
    for culprit, name in culprits.items():
        if culprit < len(marks) and marks[culprit]:
            return name
    return ""
