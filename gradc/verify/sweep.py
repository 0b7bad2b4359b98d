"""First-order error bounds: one reverse sweep with numbers over an evaluated graph.

The sweep gives the sensitivity of outputs to every node; the bound is the sum over nodes of
|sensitivity| × rounding error. Partial derivatives are difference quotients in high precision,
so the sweep knows no derivative rule and needs none. All outputs are swept at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb, ctx

from gradc.errors import fail
from gradc.prims import TABLE
from gradc.verify.cells import Ball, Cells, is_infinite, recycle
from gradc.verify.evaluate import Evaluation, apply
from gradc.verify.moves import MOVES, SUMS
from gradc.verify.transposes import TRANSPOSES, moved_bars, summed_bars
from gradc.verify.wide import Wide, to_wide

Seed = tuple[int, int]
"""A node and the row of it that is an output."""

BITS = 360
_STEP = -140


def first_order(
    found: Evaluation,
    seeds: Sequence[Seed],
    errors: Mapping[int, Wide],
) -> Wide:
    """For each output, the sum over nodes of |sensitivity| × error.

    ``errors`` gives the rounding errors of the cells of each node that has any.
    """
    count = len(seeds)
    bars: dict[int, Wide] = {}
    for column, (node, row) in enumerate(seeds):
        bar = _bar(bars, found, node, count)
        bar[min(row, len(bar) - 1), column] += 1
    total = np.zeros(count, np.longdouble)
    with ctx.workprec(found.bits), np.errstate(all="ignore"):
        for node in range(max(bars, default=-1), -1, -1):
            bar_here = bars.pop(node, None)
            if bar_here is None:
                continue
            error = errors.get(node)
            if error is not None:
                product = np.abs(bar_here) * error[:, None]
                total += np.where(bar_here == 0, 0, product).sum(axis=0)
            _push(found, node, bar_here, bars)
    return total


def _bar(bars: dict[int, Wide], found: Evaluation, node: int, count: int) -> Wide:
    bar = bars.get(node)
    if bar is None:
        bar = np.zeros((len(found[node]), count), np.longdouble)
        bars[node] = bar
    return bar


def _push(found: Evaluation, node: int, bar: Wide, bars: dict[int, Wide]) -> None:
    """Send a node's sensitivities to its arguments."""
    record = found.graph.records[node]
    name, attrs, args = record[0], found.attrs(node), record[2:]
    if not args:
        return
    if name == "index":  # a loop of n turns has n of them, and each would be n long
        if found.graph.records[args[0]][0] != "input":
            _bar(bars, found, args[0], bar.shape[1])[attrs - 1] += bar[0]
        return
    parts = _transpose(name, attrs, [found[arg] for arg in args], found[node], bar)
    for arg, part in zip(args, parts, strict=True):
        if part is None or found.graph.records[arg][0] == "input":
            continue
        target = _bar(bars, found, arg, bar.shape[1])
        if len(target) == 1 and len(part) > 1:
            part = part.sum(axis=0, keepdims=True)
        target += part


def _transpose(
    name: str, attrs: Any, args: list[Cells], out: Cells, bar: Wide
) -> list[Wide | None]:
    """What a node's sensitivity is for each of its arguments; None where there is none."""
    if name in MOVES:
        return moved_bars(name, attrs, args, bar)
    if name in SUMS:
        return summed_bars(name, attrs, args, bar)
    special = _LINEAR.get(name)
    if special is not None:
        return special(attrs, args, out, bar)
    if not isinstance(out[0], arb):
        return [None] * len(args)
    return [_scaled(bar, column) for column in partials(name, args, len(out))]


def _scaled(bar: Wide, column: Wide) -> Wide:
    # A branch not taken, or a product with nothing, sends nothing even where the partial is
    # infinite.
    return np.where(bar == 0, 0, bar * column[:, None])


def partials(name: str, args: list[Cells], rows: int) -> list[Wide]:
    """Partial derivatives of an elementwise primitive by central differences.

    Where one side is undefined the other one is used alone; NaN where neither exists.
    """
    ball = TABLE[name].ball
    if ball is None:
        raise fail("G503", f"'{name}' has no ball arithmetic")
    columns = [recycle(arg, rows) for arg in args]
    found = [np.zeros(rows, np.longdouble) for _ in args]
    for row in range(rows):
        at = [column[row] for column in columns]
        if not all(isinstance(cell, arb) for cell in at):
            continue
        finite = [abs(cell).upper() for cell in at if not is_infinite(cell)]
        scale = max(finite, default=arb(1))
        for k, cell in enumerate(at):
            if is_infinite(cell):  # as exact as a number of the model, and as fixed
                continue
            size = abs(cell).mid() if not cell.contains(0) else scale if scale > 0 else arb(1)
            step = size * arb(2) ** _STEP
            ends = [ball(*at[:k], cell + side * step, *at[k + 1 :]) for side in (1, -1)]
            found[k][row] = _quotient(ball, at, ends, step)
    return found


def _quotient(ball: Callable[..., Ball], at: list[Ball], ends: list[Ball], step: Ball) -> Any:
    high, low = ends
    if high.is_finite() and low.is_finite():
        return to_wide((high - low) / (2 * step))
    middle = ball(*at)
    if high.is_finite():
        return to_wide((high - middle) / step)
    if low.is_finite():
        return to_wide((middle - low) / step)
    if high == low and is_infinite(high):
        return np.longdouble(0)
    # Whole orders (of psigamma, of choose) are exact, so nothing depends on this partial.
    return np.longdouble(0) if middle.is_finite() else np.longdouble("nan")


def _select(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> list[Wide | None]:
    conditions = recycle(args[0], len(out))
    yes = np.array([condition is not False for condition in conditions])[:, None]
    no = np.array([condition is not True for condition in conditions])[:, None]
    return [None, np.where(yes, bar, 0), np.where(no, bar, 0)]


def _extreme(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> list[Wide | None]:
    mask = np.array([bool(cell.overlaps(out[0])) for cell in args[0]])[:, None]
    return [np.where(mask, bar, 0)]


def _product(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> list[Wide | None]:
    others = apply("prod_others", None, [args[0]])
    return [bar * np.array([to_wide(cell) for cell in others])[:, None]]


def _product_others(attrs: Any, args: list[Cells], out: Cells, bar: Wide) -> list[Wide | None]:
    """The matrix of products of all but two elements, taken row by row."""
    cells = args[0]
    total = np.zeros_like(bar)
    for k in range(len(cells)):
        rest = [cell for i, cell in enumerate(cells) if i != k]
        others = np.array([to_wide(cell) for cell in apply("prod_others", None, [rest])])
        total[[i for i in range(len(cells)) if i != k]] += others[:, None] * bar[k]
    return [total]


_LINEAR: Mapping[str, Callable[[Any, list[Cells], Cells, Wide], list[Wide | None]]] = {
    "select": _select,
    "min": _extreme,
    "max": _extreme,
    "prod": _product,
    "prod_others": _product_others,
    "length": lambda attrs, args, out, bar: [None],
    **TRANSPOSES,
}
