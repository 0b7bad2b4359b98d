"""Why a claimed gradient is wrong: the causes that explain its numbers, the likeliest first."""

from __future__ import annotations

from gradc.checking.bench import Bench
from gradc.checking.comparison import Cause, Comparison
from gradc.checking.repair import repairs


def causes(comparison: Comparison) -> list[Cause]:
    """The causes that explain every sample, the likeliest first; empty where none is found."""
    if comparison.claimed is None:
        return []
    bench = Bench(comparison, comparison.claimed)
    found = repairs(comparison, bench)
    found.sort(key=lambda r: (not r.clean, r.edit.cost))
    out = []
    for r in found:
        node = r.edit.site.node if r.edit.site.user < 0 else r.edit.site.user
        out.append(Cause("wrong-step", r.edit.kind + ": " + r.edit.text, span=bench.graph.place(node), node=node, proved=True))
    return out
