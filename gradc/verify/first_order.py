"""The first-order error bound, and whether the first order can be trusted at all."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb, ctx

from gradc.ir import Function, reachable
from gradc.verify.cells import Cells, shaped
from gradc.verify.evaluate import Evaluation, apply, evaluate
from gradc.verify.rounding import Arithmetic, widen
from gradc.verify.sums import Rounding
from gradc.verify.sweep import BITS, first_order
from gradc.verify.wide import Wide, to_wide

# What is of second order in the rounding unit is left out; this is its allowance.
_SLACK = 2
_TRIALS = 3
# A deviation seen in a few random trials may be this many times smaller than the largest one.
_RARE = 8
_JUMPS = frozenset({"sign", "floor", "ceiling", "round", "trunc", "idiv"})


def first_order_bounds(
    function: Function,
    model: Arithmetic,
    inputs: Mapping[str, Cells],
    seeds: Sequence[tuple[int, int]],
    bits: int = BITS,
) -> Wide:
    """The largest first-order bound over the exact values and values with random rounding errors.

    Where an exact sensitivity vanishes (the minimum of a square) that of a rounded run does
    not. Infinite where a pole or a jump lies within reach of rounding, and the first order
    says nothing.
    """
    roots = list(function.outputs.values())
    runs = [_perturbed(function, model, inputs, roots, trial, bits) for trial in range(_TRIALS + 1)]
    worst = np.zeros(len(seeds), np.longdouble)
    for found, local in runs:
        worst = np.maximum(worst, first_order(found, seeds, local))
    broken = _within_reach([found for found, _ in runs])
    for column, (node, _) in enumerate(seeds):
        if broken and _depends(function, node, broken):
            worst[column] = np.inf
    return worst * _SLACK


def _perturbed(
    function: Function,
    model: Arithmetic,
    inputs: Mapping[str, Cells],
    roots: list[int],
    trial: int,
    bits: int,
) -> tuple[Evaluation, dict[int, Wide]]:
    """An evaluation in which each node is off by its own rounding error, up or down at random.

    The first trial is exact.
    """
    local: dict[int, Wide] = {}
    rounding = Rounding(model, function.graph)
    draw = random.Random(trial)  # noqa: S311 - reproducible trials, not secrets

    def adjust(node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
        sizes = rounding.errors(node, name, attrs, args, cells)
        if all(size.is_zero() for size in sizes):
            return cells
        local[node] = np.array([to_wide(size) for size in sizes], np.longdouble)
        if trial == 0:
            return cells
        return [
            cell + draw.choice((-1, 1)) * size.mid() if size.is_finite() else cell
            for cell, size in zip(cells, sizes, strict=True)
        ]

    return evaluate(function.graph, roots, inputs, bits, adjust), local


def local_errors(
    function: Function, model: Arithmetic, inputs: Mapping[str, Cells], bits: int = BITS
) -> tuple[Evaluation, dict[int, Wide]]:
    """The exact values of all nodes, and how far each of those may be off that rounds."""
    return _perturbed(function, model, inputs, list(function.outputs.values()), 0, bits)


def _within_reach(runs: Sequence[Evaluation]) -> list[int]:
    """Nodes that have a pole or a jump where rounding errors may take their arguments.

    How far they may is estimated from the runs, eight times the largest deviation seen.
    """
    exact, graph = runs[0], runs[0].graph
    found: list[int] = []
    with ctx.workprec(exact.bits):
        reach = {node: _reach(node, runs) for node in exact.cells}
        for node in exact.cells:
            name, attrs = graph.prim(node), exact.attrs(node)
            args = [reach[arg] for arg in graph.args(node)]
            if not args or all(
                a is exact.cells[k] for a, k in zip(args, graph.args(node), strict=True)
            ):
                continue
            for cell, blurred in zip(exact[node], apply(name, attrs, args), strict=True):
                if _breaks(name, cell, blurred):
                    found.append(node)
                    break
    return found


def _reach(node: int, runs: Sequence[Evaluation]) -> Cells:
    exact = runs[0][node]
    if not exact or not isinstance(exact[0], arb):
        return exact
    others = [run[node] for run in runs[1:]]
    if all(a is b for other in others for a, b in zip(exact, other, strict=True)):
        return exact
    reached = [
        cell
        if not cell.is_finite()
        else widen(cell, max((abs(o[row] - cell).upper() for o in others), default=arb(0)) * _RARE)
        for row, cell in enumerate(exact)
    ]
    return shaped(reached, exact)


def _breaks(name: str, cell: Any, blurred: Any) -> bool:
    """Whether a primitive is not smooth over a ball of arguments, being so at its middle."""
    if blurred is None:
        return cell is not None
    if isinstance(blurred, bool):
        return False
    if cell.is_finite() and not blurred.is_finite():
        return True
    return name in _JUMPS and bool(blurred.rad() > 0.25)


def _depends(function: Function, node: int, others: Sequence[int]) -> bool:
    marks = reachable(function.graph, [node])
    return any(other < len(marks) and marks[other] for other in others)
