"""Which of several repairs to name: the one whose place is right in most of the explanations.

A factor that is missing in a product can be put back at any of its factors, and the numbers do
not tell which. Each repair is given a weight by how ordinary the slip is that it undoes; the place
named is the one that has, together with what stands directly above and below it, most weight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradc.checking.bench import Bench, Site
from gradc.checking.repair import Repair

_STEEPNESS = 2.0
_OWN = 0.5
"""How much a site's own weight counts beside that of its neighbourhood."""
_SPOILS = 2.5
"""What is added to the cost of a change that spoils elements that were right."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A repair with how much of all explanations its place and its neighbours have."""

    repair: Repair
    share: float


def ranked(bench: Bench, found: list[Repair]) -> list[Ranked]:
    """The best repair of each site, the likeliest site first."""
    best: dict[Site, tuple[float, Repair]] = {}
    for repair in found:
        cost = repair.edit.cost + (0.0 if repair.clean else _SPOILS)
        site = repair.edit.site
        if site not in best or cost < best[site][0]:
            best[site] = (cost, repair)
    weights = {site: math.exp(-_STEEPNESS * cost) for site, (cost, _) in best.items()}
    total = sum(weights.values())
    order = []
    for number, (site, (cost, repair)) in enumerate(best.items()):
        share = sum(w for other, w in weights.items() if _adjacent(bench, site, other)) / total
        own = weights[site] / total
        order.append((-round(share + _OWN * own, 9), cost, number, Ranked(repair, share)))
    return [item[3] for item in sorted(order, key=lambda item: item[:3])]


def _adjacent(bench: Bench, one: Site, other: Site) -> bool:
    """Whether two sites are one, or one is directly below the other."""
    if one == other:
        return True
    return _below(bench, one, other) or _below(bench, other, one)


def _below(bench: Bench, inner: Site, outer: Site) -> bool:
    if inner.user >= 0:
        # A use stands below its user; what is used may be written elsewhere.
        return outer.user < 0 and inner.user == outer.node
    if outer.user >= 0:
        return False
    return inner.node in bench.graph.args(outer.node)
