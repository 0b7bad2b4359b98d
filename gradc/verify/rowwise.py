"""Sensitivities of all rows of an output at once, where no row depends on another.

The rows of a per-observation model are n outputs. Swept apart they cost n sweeps of n rows each;
where everything below them is elementwise, row k of the output depends on row k alone, and one
sweep with n rows does for all of them. A scalar has a sensitivity for each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gradc.prims import TABLE
from gradc.verify.evaluate import Evaluation
from gradc.verify.slopes import Seed, Slopes
from gradc.verify.wide import Wide

_MANY = 16


def rowwise_nodes(found: Evaluation, live: bytearray) -> dict[int, int]:
    """Nodes of many rows that do not mix, each with its number of rows.

    What carries no rounding error may mix as it likes: nothing is to be had from it.
    """
    graph = found.graph
    rows: dict[int, int] = {}
    mixed: set[int] = set()
    for node, cells in found.cells.items():
        if not live[node]:
            continue
        args = [arg for arg in graph.args(node) if live[arg]]
        name = graph.prim(node)
        apart = not args or name == "broadcast" or (name in TABLE and TABLE[name].elementwise)
        lengths = {rows[arg] for arg in args if arg not in mixed} | {len(cells)}
        lengths.discard(1)
        # A scalar made of vectors is a sum of some sort.
        if apart and len(lengths) <= 1 and mixed.isdisjoint(args):
            rows[node] = lengths.pop() if lengths else 1
            if len(cells) == rows[node]:
                continue
        mixed.add(node)
    return {node: count for node, count in rows.items() if node not in mixed and count >= _MANY}


def rowwise_errors(
    slopes: Slopes, seeds: Sequence[Seed], errors: Mapping[int, Wide], live: bytearray
) -> Wide:
    """For each seed, the sum over nodes of |sensitivity| × error; all seeds have as many rows."""
    found = slopes.found
    nodes = list(dict.fromkeys(node for node, _ in seeds))
    shape = (len(found[nodes[0]]), len(nodes))
    bars: dict[int, Wide] = {}
    for column, node in enumerate(nodes):
        bars.setdefault(node, np.zeros(shape, np.longdouble))[:, column] = 1
    total = np.zeros(shape, np.longdouble)
    for node in range(max(bars), -1, -1):
        bar = bars.pop(node, None)
        if bar is None:
            continue
        error = errors.get(node)
        if error is not None:
            total += np.where(bar == 0, 0, np.abs(bar) * error[:, None])
        args = found.graph.args(node)
        if not any(live[arg] for arg in args):
            continue
        parts = [bar, None] if found.graph.prim(node) == "broadcast" else None
        for arg, part in zip(args, parts or slopes.elementwise(node, bar), strict=True):
            if part is not None and live[arg]:
                old = bars.get(arg)
                bars[arg] = part if old is None else old + part
    places = {node: column for column, node in enumerate(nodes)}
    return np.array([total[row, places[node]] for node, row in seeds], np.longdouble)
