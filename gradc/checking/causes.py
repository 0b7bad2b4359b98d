"""Why a claimed gradient is wrong: the causes that explain its numbers, the likeliest first."""

from __future__ import annotations

from gradc.checking.bench import Bench
from gradc.checking.comparison import Cause, Comparison
from gradc.checking.intermediate import other_quantities
from gradc.checking.patterns import Pattern, patterns
from gradc.checking.places import elements_place
from gradc.checking.ranking import ranked
from gradc.checking.repair import repairs
from gradc.checking.suspects import at_kinks, suspect
from gradc.checking.wording import cause_of

_MOST = 5


def causes(comparison: Comparison) -> list[Cause]:
    """The causes that explain every sample, the likeliest first; empty where none is found."""
    samples = comparison.samples
    if any(sample.got.shape != sample.expected.shape for sample in samples):
        return [_alone(pattern) for pattern in patterns(comparison)]
    if not any(sample.wrong.any() for sample in samples):
        return []
    kinks = at_kinks(comparison)
    if kinks:
        return kinks
    numeric = patterns(comparison)
    whole = next((p for p in numeric if p.whole), None)
    bench = _bench(comparison)
    located = [] if bench is None else _located(comparison, bench, whole)
    # A change that makes every number right says more than that few digits are wrong.
    proved = bool(located) and located[0].proved
    unplaced = ("transposed", "shape") if proved else ("transposed", "shape", "rounding")
    first = [p for p in numeric if p.name in unplaced]
    alone = [_alone(p, bench) for p in numeric if whole is not p or not located]
    if not located:
        return [*alone, *other_quantities(comparison), *suspect(comparison)]
    if first:
        alone = [cause for cause in alone if cause.name not in {p.name for p in first}]
        located = [*(_alone(p, bench) for p in first), *located]
    return [*located, *alone]


def _bench(comparison: Comparison) -> Bench | None:
    """The claimed gradient on the bench, where it gives what the user's code gave."""
    if comparison.claimed is None:
        return None
    bench = Bench(comparison, comparison.claimed)
    return bench if bench.agrees() and not bench.is_right() else None


def _located(comparison: Comparison, bench: Bench, whole: Pattern | None) -> list[Cause]:
    """Causes with a place in the claimed gradient."""
    order = ranked(bench, repairs(comparison, bench))[:_MOST]
    return [cause_of(bench, item, whole) for item in order]


def _alone(pattern: Pattern, bench: Bench | None = None) -> Cause:
    """What the numbers alone say; the place is that of the elements concerned."""
    return Cause(
        pattern.name,
        pattern.message,
        (pattern.evidence,),
        pattern.suggestion,
        None if bench is None else elements_place(bench, pattern.elements),
        ratio=pattern.ratio,
        elements=pattern.elements,
    )
