"""Why a claimed gradient is wrong: the causes that explain its numbers, the likeliest first."""

from __future__ import annotations

from gradc.checking.bench import Bench
from gradc.checking.comparison import Cause, Comparison
from gradc.checking.places import place_of
from gradc.checking.ranking import ranked
from gradc.checking.repair import repairs


def causes(comparison: Comparison) -> list[Cause]:
    """The causes that explain every sample, the likeliest first; empty where none is found."""
    claimed = comparison.claimed
    if claimed is None:
        return []
    bench = Bench(comparison, claimed)
    found = ranked(bench, repairs(comparison, bench))
    out = []
    for item in found:
        r = item.repair
        out.append(Cause("wrong-step", r.edit.kind + ": " + r.edit.text+f" {item.share:.2f} {r.edit.cost} {r.clean}", span=place_of(bench, r.edit.site), node=bench.original[r.edit.site.node], proved=True))
    return out
