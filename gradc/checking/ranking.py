"""Which of several repairs to name: the one whose place is right in most of the explanations.

A factor that is missing in a product can be put back at any of its factors, and the numbers do
not tell which. Each repair is given a weight by how ordinary the slip is that it undoes; the place
named is the one that has, together with what stands directly above and below it, most weight.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from gradc.checking.bench import Bench, Site
from gradc.checking.places import place_of
from gradc.checking.repair import Repair

_STEEPNESS = 2.0
_OWN = 1.0
"""How much a site's own weight counts beside that of its neighbourhood."""
_TWICE = 0.6
_TWO_MINUS = re.compile(r"-\s*\(+\s*-\s*\(*\s*$")
_SPOILS = 2.5
"""What is added to the cost of a change that spoils elements that were right."""


_IN_PLACE = frozenset({"sign", "function"})
_KNOWN = 0.8
"""What is added where a variable has a value of the true gradient already: its use is wrong."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A repair with how much of all explanations its place and its neighbours have.

    ``either`` says that several arguments of one user may be meant.
    """

    repair: Repair
    share: float
    either: bool = False


def ranked(bench: Bench, found: list[Repair]) -> list[Ranked]:
    """The best repair of each site, the likeliest site first."""
    best: dict[Site, tuple[float, Repair]] = {}
    for repair in found:
        cost = repair.edit.cost + (0.0 if repair.clean else _SPOILS)
        is_named = repair.edit.site.user < 0 and repair.edit.site.node in bench.names
        if is_named and repair.recognised and repair.edit.kind not in _IN_PLACE:
            cost += _KNOWN
        if repair.edit.kind == "sign" and _negated_twice(bench, repair.edit.site):
            cost = min(cost, _TWICE)
        site = repair.edit.site
        if site not in best or cost < best[site][0]:
            best[site] = (cost, repair)
    weights = {site: math.exp(-_STEEPNESS * cost) for site, (cost, _) in best.items()}
    total = sum(weights.values())
    order = []
    for number, (site, (cost, repair)) in enumerate(best.items()):
        share = sum(w for other, w in weights.items() if _adjacent(bench, site, other)) / total
        own = weights[site] / total
        order.append(
            (
                -round(share + _OWN * own, 9),
                cost,
                (site.user >= 0, -site.user),
                number,
                Ranked(repair, share),
            )
        )
    return _with_equals([item[4] for item in sorted(order, key=lambda item: item[:4])])


def _with_equals(order: list[Ranked]) -> list[Ranked]:
    """The same, the first marked where another argument of the same user explains as much."""
    if len(order) < 2:
        return order
    one, two = order[0].repair.edit, order[1].repair.edit
    if 0 <= one.site.user == two.site.user and one.cost == two.cost:
        order[0] = replace(order[0], either=True)
    return order


def _negated_twice(bench: Bench, site: Site) -> bool:
    """Whether the text has ``-(-`` right before the place, or at its beginning."""
    span = place_of(bench, site)
    if span is None:
        return False
    before = span.source.text[max(0, span.start - 12) : span.start]
    return _TWO_MINUS.search(before) is not None


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
