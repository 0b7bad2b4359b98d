"""Slopes of elementwise primitives: partial derivatives as difference quotients of balls.

In high precision, so that no derivative rule is known here and none is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb

from gradc.errors import fail
from gradc.prims import TABLE
from gradc.verify.cells import Ball, Cells, is_infinite, recycle
from gradc.verify.evaluate import Evaluation
from gradc.verify.wide import Wide, to_wide

Seed = tuple[int, int]
"""A node and the row of it that is an output."""

_STEP = -140


def carriers(found: Evaluation, errors: Mapping[int, Wide]) -> bytearray:
    """A mark per node: 1 where it, or anything below it, has a rounding error."""
    graph = found.graph
    marks = bytearray(max(found.cells, default=-1) + 1)
    for node in found.cells:  # in the order of their ids
        marks[node] = node in errors or any(marks[arg] for arg in graph.args(node))
    return marks


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slopes of an evaluated graph's elementwise nodes, each found once."""

    found: Evaluation
    _known: dict[int, list[Wide | None]] = field(default_factory=dict)

    def elementwise(self, node: int, bar: Wide) -> list[Wide | None]:
        """What an elementwise node's sensitivity is for each of its arguments."""
        columns = self._known.get(node)
        if columns is None:
            columns = self._known[node] = self._columns(node)
        # A branch not taken, or a product with nothing, sends nothing even where the partial is
        # infinite.
        return [
            None if column is None else np.where(bar == 0, 0, bar * column) for column in columns
        ]

    def _columns(self, node: int) -> list[Wide | None]:
        graph, out = self.found.graph, self.found[node]
        args: Sequence[Cells] = [self.found[arg] for arg in graph.args(node)]
        if graph.prim(node) == "select":
            conditions = recycle(args[0], len(out))
            yes = np.array([condition is not False for condition in conditions])
            no = np.array([condition is not True for condition in conditions])
            return [None, yes[:, None].astype(np.longdouble), no[:, None].astype(np.longdouble)]
        if not out or not isinstance(out[0], arb):
            return [None] * len(args)
        return [column[:, None] for column in _partials(graph.prim(node), args, len(out))]


_ONE = np.longdouble(1)
_KNOWN: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "add": lambda x, y: (_ONE, _ONE),
    "sub": lambda x, y: (_ONE, -_ONE),
    "neg": lambda x: (-_ONE,),
    "mul": lambda x, y: (to_wide(y), to_wide(x)),
}
"""What needs no quotient: there is nothing to get wrong."""


def _partials(name: str, args: Sequence[Cells], rows: int) -> list[Wide]:
    """Partial derivatives of an elementwise primitive by central differences.

    Where one side is undefined the other one is used alone; NaN where neither exists.
    """
    ball = TABLE[name].ball
    if ball is None:
        raise fail("G503", f"'{name}' has no ball arithmetic")
    columns = [recycle(arg, rows) for arg in args]
    known = _KNOWN.get(name)
    found = [np.zeros(rows, np.longdouble) for _ in args]
    for row in range(rows):
        at = [column[row] for column in columns]
        if not all(isinstance(cell, arb) for cell in at):
            continue
        if known is not None and all(cell.is_finite() for cell in at):
            for column, slope in zip(found, known(*at), strict=True):
                column[row] = slope
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
