"""Steps that magnify errors, found on one reverse sweep over an evaluated function.

For each node the sweep gives what one unit of relative error in its arguments, and in its own
result, would do to an output; the quotient of the two is the condition of the step. Arguments
that carry no rounding error have no part in it: the difference of two inputs loses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from flint import arb

from gradc.verify.evaluate import Evaluation
from gradc.verify.slopes import Seed, Slopes, carriers
from gradc.verify.sweep import first_order, watched
from gradc.verify.wide import Wide, to_wide

# Steps are looked at more closely where errors grow threefold or more.
_GROWS = 3.0
_CANDIDATES = 12
_LARGE_SHARE = 0.2
Places = npt.NDArray[np.intp]
"""A row for each output."""


@dataclass(frozen=True, slots=True)
class Costly:
    """A node that costs an output digits, and the row of it that matters most."""

    node: int
    row: int
    condition: float
    digits_lost: float
    share: float
    carried: float = 0.0


@dataclass(slots=True)
class Trace:
    """What was seen on the sweep, a column for each output.

    ``inputs`` is the effect of one unit of relative error in every input together. ``grown``
    has for each node that magnifies errors its row, the effect of errors in its arguments and
    that in its own result; ``introduced`` for each node that rounds its row, the effect of its
    rounding and again that of errors in its result. ``total`` is the effect of all rounding.
    """

    inputs: Wide
    total: Wide
    grown: dict[int, tuple[Places, Wide, Wide]] = field(default_factory=dict)
    introduced: dict[int, tuple[Places, Wide, Wide]] = field(default_factory=dict)

    def costliest(self, column: int, size: float) -> list[Costly]:
        """The nodes at which an output of this size may lose most, unrefined."""
        found: list[tuple[float, Costly]] = []
        for node, (rows, into, out) in self.grown.items():
            effect, own = float(into[column]), float(out[column])
            if not effect > 0 or effect < size * _GROWS or effect < own * _GROWS:
                continue
            condition = effect / own if own > 0 else math.inf
            score = min(condition, effect / size if size > 0 else math.inf)
            found.append((score, Costly(node, int(rows[column]), condition, 0.0, 0.0, own)))
        found.sort(key=lambda pair: (-pair[0], pair[1].node))
        return [costly for _, costly in found[:_CANDIDATES]]

    def introduced_most(self, column: int, total: float, unit: float) -> list[Costly]:
        """Nodes that add much of the error themselves, such as long sums."""
        found: list[Costly] = []
        for node, (rows, effects, own) in self.introduced.items():
            effect, carried = float(effects[column]), float(own[column])
            if effect > 0 and effect >= total * _LARGE_SHARE:
                grows = effect / (carried * unit) if carried > 0 else math.inf
                lost = math.log10(max(1.0, min(grows, 1 / unit)))
                found.append(Costly(node, int(rows[column]), 1.0, lost, min(1.0, effect / total)))
        return found


def trace(slopes: Slopes, seeds: Sequence[Seed], local: Mapping[int, Wide]) -> Trace:
    """Sweep once for all outputs; ``local`` has the rounding errors of the nodes that have any."""
    found = slopes.found
    graph = found.graph
    inputs = {
        node: np.zeros(1, np.longdouble) for node in found.cells if graph.prim(node) == "input"
    }
    live = carriers(found, {**inputs, **local})
    rough = carriers(found, local)
    seen = Trace(np.zeros(len(seeds), np.longdouble), np.zeros(len(seeds), np.longdouble))
    sizes: dict[int, Wide] = {}

    def size_of(node: int) -> Wide:
        if node not in sizes:
            cells = found[node]
            sizes[node] = np.array(
                [abs(to_wide(c)) if isinstance(c, arb) else 0 for c in cells], np.longdouble
            )[:, None]
        return sizes[node]

    def watch(node: int, bar: Wide, parts: Sequence[Wide | None]) -> None:
        if node in inputs:
            seen.inputs += _total(_effect(bar, size_of(node)))
            return
        own = _effect(bar, size_of(node))
        out = _total(own)
        if node in local:
            added = _effect(bar, local[node][:, None])
            effect = _total(added)
            seen.total += effect
            seen.introduced[node] = (_highest(added), effect, out)
        pairs = [
            _effect(part, size_of(arg))
            for arg, part in zip(graph.args(node), parts, strict=True)
            if part is not None and rough[arg]
        ]
        if not pairs:
            return
        into = _total(pairs[0])
        for pair in pairs[1:]:
            into = np.maximum(into, _total(pair))
        if (into > out * _GROWS).any():
            alike = [pair for pair in pairs if len(pair) == len(own)]
            rows = _highest(np.maximum.reduce(alike) if alike else own)
            seen.grown[node] = (rows, into, out)

    watched(slopes, seeds, live, watch)
    return seen


def _effect(bar: Wide, size: Wide) -> Wide:
    product = np.abs(bar) * size
    # Nothing of what is infinite is nothing.
    unclear = product != product
    if unclear.any():
        product[unclear] = 0
    return product


def _highest(effects: Wide) -> Places:
    """The row with the largest effect on each output."""
    if len(effects) == 1:
        return np.zeros(effects.shape[1], np.intp)
    return np.asarray(np.argmax(effects, axis=0), np.intp)


def _total(effects: Wide) -> Wide:
    """The effects of all rows together; most nodes have one row."""
    return effects[0] if len(effects) == 1 else np.asarray(effects.sum(axis=0), np.longdouble)


def arriving(
    slopes: Slopes, candidates: Sequence[Costly], local: Mapping[int, Wide]
) -> dict[Seed, float]:
    """The errors of the candidates and of their arguments, as everything below makes them."""
    found = slopes.found
    rough = carriers(found, local)
    seeds: list[Seed] = []
    for costly in candidates:
        seeds.append((costly.node, costly.row))
        args = [arg for arg in found.graph.args(costly.node) if rough[arg]]
        seeds += [(arg, _row(found, arg, costly.row)) for arg in args]
    seeds = list(dict.fromkeys(seeds))
    if not seeds:
        return {}
    errors = first_order(found, seeds, local, slopes)
    return {seed: float(error) for seed, error in zip(seeds, errors, strict=True)}


def refined(
    found: Evaluation,
    candidates: Sequence[Costly],
    errors: Mapping[Seed, float],
    unit: float,
    total: float,
) -> list[Costly]:
    """The candidates with the digits that they really lose, from errors that really arrive."""
    result: list[Costly] = []
    for costly in candidates:
        after = _relative(found, errors, (costly.node, costly.row))
        places = [(arg, _row(found, arg, costly.row)) for arg in found.graph.args(costly.node)]
        before = [_relative(found, errors, place) for place in places if place in errors]
        grows = after / max([unit, *before]) if math.isfinite(after) else math.inf
        share = costly.carried * after / total if math.isfinite(after) else 1.0
        lost = math.log10(max(1.0, min(grows, 1 / unit)))
        result.append(Costly(costly.node, costly.row, costly.condition, lost, min(1.0, share)))
    return result


def _row(found: Evaluation, node: int, row: int) -> int:
    return min(row, len(found[node]) - 1)


def _relative(found: Evaluation, errors: Mapping[Seed, float], seed: Seed) -> float:
    node, row = seed
    cell = found[node][row]
    if not isinstance(cell, arb):
        return 0.0
    size = abs(float(cell.mid()))
    error = errors[seed]
    return error / size if size > 0 else (math.inf if error > 0 else 0.0)
