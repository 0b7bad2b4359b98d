"""Inputs that densities are of: counts and their limits, numbers above 0 or between 0 and 1."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from gradc.ir import Function

# Where the numbers counted and, of a binomial probability, the trials stand.
_COUNTS = frozenset({"dpois_log", "dbinom_log", "dnbinom_log", "dnbinom_mu_log"})
_TRIALS = frozenset({"dbinom_log"})
_COMMON = (0, 1, 1, 2, 3, 4, 7, 12)


@dataclass(frozen=True, slots=True)
class Counted:
    """From ``least`` to ``most``; without a limit most are small."""

    least: int = 0
    most: int | None = None

    def draw(self, draw: random.Random) -> float:
        """One such number."""
        if self.most is not None:
            return float(draw.randint(self.least, max(self.least, self.most)))
        return float(self.least + draw.choice(_COMMON))


@dataclass(frozen=True, slots=True)
class Measured:
    """A number above 0, and below 1 where it is a ``share``."""

    share: bool = False

    def draw(self, draw: random.Random) -> float:
        """One such number."""
        return draw.uniform(0.02, 0.98) if self.share else float(10 ** draw.uniform(-2.0, 1.3))


_MEASURED = {
    "dgamma_log": Measured(),
    "dweibull_log": Measured(),
    "dlnorm_log": Measured(),
    "df_log": Measured(),
    "dbeta_log": Measured(share=True),
}


def counted(function: Function) -> Mapping[str, Counted | Measured]:
    """What is observed among the inputs, by their names."""
    graph = function.graph
    names = {item.node: item.name for item in function.data}
    found: dict[str, Counted | Measured] = {}
    for record in graph.records:
        if record[0] in _MEASURED and record[2] in names:
            found[names[record[2]]] = _MEASURED[record[0]]
        if record[0] not in _COUNTS or record[2] not in names:
            continue
        found[names[record[2]]] = Counted()
        if record[0] not in _TRIALS:
            continue
        trials = record[3]
        if trials in names:
            # Of trials that are data there are at least as many as are drawn of successes.
            found[names[trials]] = Counted(max(_COMMON))
        elif graph.is_const(trials):
            most = graph.value(trials)
            found[names[record[2]]] = Counted(0, int(most) if 0 <= most < 1e6 else None)
    return found
