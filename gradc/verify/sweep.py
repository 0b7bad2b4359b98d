"""First-order error bounds: one reverse sweep with numbers over an evaluated graph.

The sweep gives the sensitivity of outputs to every node; the bound is the sum over nodes of
|sensitivity| × rounding error. Partial derivatives are difference quotients in high precision,
so the sweep knows no derivative rule and needs none. All outputs are swept at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import ctx

from gradc.verify.cells import Cells
from gradc.verify.evaluate import Evaluation, apply
from gradc.verify.moves import MOVES, SUMS
from gradc.verify.rowwise import rowwise_errors, rowwise_nodes
from gradc.verify.slopes import Seed, Slopes, carriers
from gradc.verify.transposes import TRANSPOSES, moved_bars, summed_bars
from gradc.verify.wide import Wide, to_wide

BITS = 360
# Sensitivities of more outputs at once would fill the memory.
_TOGETHER = 256


def first_order(
    found: Evaluation,
    seeds: Sequence[Seed],
    errors: Mapping[int, Wide],
    slopes: Slopes | None = None,
) -> Wide:
    """For each output, the sum over nodes of |sensitivity| × error.

    ``errors`` gives the rounding errors of the cells of each node that has any. ``slopes`` are
    those of this evaluation, where they are known already.
    """
    total = np.zeros(len(seeds), np.longdouble)
    with ctx.workprec(found.bits), np.errstate(all="ignore"):
        slopes = slopes or Slopes(found)
        live = carriers(found, errors)
        # Outputs that are rows of one vector need one sweep where no row mixes with another.
        alone = rowwise_nodes(found, live)
        apart: dict[int, list[int]] = {}
        rest: list[int] = []
        for column, (node, _) in enumerate(seeds):
            if node in alone:
                apart.setdefault(alone[node], []).append(column)
            else:
                rest.append(column)
        for columns in apart.values():
            rows = [seeds[column] for column in columns]
            total[columns] = rowwise_errors(slopes, rows, errors, live)
        for start in range(0, len(rest), _TOGETHER):
            columns = rest[start : start + _TOGETHER]
            sweep = _Sweep(slopes, live, len(columns))
            total[columns] = sweep.errors([seeds[column] for column in columns], errors)
    return total


Watch = Callable[[int, Wide, Sequence[Wide | None]], None]
"""``watch(node, sensitivities, what its arguments get of them)``, the last node first."""


def watched(slopes: Slopes, seeds: Sequence[Seed], live: bytearray, watch: Watch) -> None:
    """One sweep for some outputs that shows every node on its way; ``live`` are those to visit."""
    with ctx.workprec(slopes.found.bits), np.errstate(all="ignore"):
        _Sweep(slopes, live, len(seeds), watch=watch).errors(seeds, {})


@dataclass(slots=True)
class _Sweep:
    """One reverse sweep for some outputs at once, each a column of every sensitivity."""

    slopes: Slopes
    live: bytearray
    count: int
    bars: dict[int, Wide] = field(default_factory=dict)
    watch: Watch | None = None

    def errors(self, seeds: Sequence[Seed], errors: Mapping[int, Wide]) -> Wide:
        for column, (node, row) in enumerate(seeds):
            bar = self._bar(node)
            bar[min(row, len(bar) - 1), column] += 1
        total = np.zeros(self.count, np.longdouble)
        for node in range(max(self.bars, default=-1), -1, -1):
            bar_here = self.bars.pop(node, None)
            if bar_here is None:
                continue
            error = errors.get(node)
            if error is not None:
                product = np.abs(bar_here) * error[:, None]
                total += np.where(bar_here == 0, 0, product).sum(axis=0)
            self._push(node, bar_here)
        return total

    def _bar(self, node: int) -> Wide:
        bar = self.bars.get(node)
        if bar is None:
            bar = np.zeros((len(self.slopes.found[node]), self.count), np.longdouble)
            self.bars[node] = bar
        return bar

    def _push(self, node: int, bar: Wide) -> None:
        """Send a node's sensitivities to those arguments that anything is to be had from."""
        found, live = self.slopes.found, self.live
        name, args = found.graph.prim(node), found.graph.args(node)
        if not any(live[arg] for arg in args):
            if self.watch is not None:
                self.watch(node, bar, [None] * len(args))
            return
        if name == "index":  # a loop of n turns has n of them, and each would be n long
            self._bar(args[0])[found.attrs(node) - 1] += bar[0]
            return
        parts = _transpose(self.slopes, node, bar)
        if self.watch is not None:
            self.watch(node, bar, parts)
        for arg, part in zip(args, parts, strict=True):
            if part is None or not live[arg]:
                continue
            target = self._bar(arg)
            if len(target) == 1 and len(part) > 1:
                part = part.sum(axis=0, keepdims=True)
            target += part


def _transpose(slopes: Slopes, node: int, bar: Wide) -> list[Wide | None]:
    """What a node's sensitivity is for each of its arguments; None where there is none."""
    found = slopes.found
    name, attrs, out = found.graph.prim(node), found.attrs(node), found[node]
    args = [found[arg] for arg in found.graph.args(node)]
    if name in MOVES:
        return moved_bars(name, attrs, args, bar)
    if name in SUMS:
        return summed_bars(name, attrs, args, bar)
    special = _LINEAR.get(name)
    if special is not None:
        return special(attrs, args, out, bar)
    return slopes.elementwise(node, bar)


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
    "min": _extreme,
    "max": _extreme,
    "prod": _product,
    "prod_others": _product_others,
    "length": lambda attrs, args, out, bar: [None],
    **TRANSPOSES,
}
