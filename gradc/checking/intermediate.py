"""A derivative with respect to something else: a step of the function instead of a parameter."""

from __future__ import annotations

import numpy as np

from gradc.checking import floats
from gradc.checking.bench import Bench, Site
from gradc.checking.comparison import Cause, Comparison
from gradc.checking.repair import said

_STEP = 1e-5
_TOLERANCE = 1e-6
_MOST_NODES = 400


def other_quantities(comparison: Comparison) -> list[Cause]:
    """Wrong elements that are the derivative by a step of the function, all its rows together.

    That derivative is a central difference, so it is known to about ten digits.
    """
    bench = Bench(comparison, comparison.value)
    if len(bench.nodes) > _MOST_NODES or len(comparison.samples) < 2:
        return []
    got = np.array([sample.got for sample in comparison.samples])
    if got.ndim != 2 or len(bench.wrong) != got.shape[1]:
        return []
    for node in bench.nodes:
        if bench.graph.prim(node) in ("const", "input") or node in bench.outputs:
            continue
        slopes = _slopes(bench, node)
        if slopes is None or not np.any(slopes):
            continue
        for element in np.flatnonzero(bench.wrong):
            column = got[:, element]
            for sign, minus in ((1.0, ""), (-1.0, "minus ")):
                room = _TOLERANCE * np.max(np.abs(slopes))
                if np.all(np.abs(column - sign * slopes) <= room):
                    return [_cause(bench, node, int(element), minus, comparison)]
    return []


def _slopes(bench: Bench, node: int) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    found = []
    for sample in range(len(bench.samples)):
        try:
            with np.errstate(all="ignore"):
                up, down = (
                    bench.outcome(Site(node), ("add", None, node, step), sample).sum()
                    for step in (_STEP, -_STEP)
                )
        except floats.NoValue:
            return None
        found.append((up - down) / (2 * _STEP))
    slopes = np.array(found)
    return slopes if np.all(np.isfinite(slopes)) else None


def _cause(bench: Bench, node: int, element: int, minus: str, comparison: Comparison) -> Cause:
    span = bench.spans[node]
    text = bench.names.get(node) or said(bench.graph, node, span)
    name = comparison.labels[element].partition(":")[2]
    return Cause(
        "other-quantity",
        f"this is {minus}the derivative by `{text}`, not by `{name}`",
        (f"they agree to 6 digits at all {len(bench.samples)} points",),
        f"multiply by the derivative of `{text}` by `{name}`",
        primal=span,
        elements=(element,),
    )
