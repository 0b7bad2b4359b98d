"""One turn of a loop over data: what it begins with, what it computes, what it takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gradc.frontend.values import Stretch

LOOP_VARIABLE = "loopvar"
"""The primitive of what a turn begins with: the counter, carried values. None survives."""


class NotVectorizable(Exception):
    """A loop whose turns cannot become work on vectors."""


@dataclass(slots=True)
class Carry:
    """A variable that a turn takes over from the turn before."""

    name: str
    variable: int
    start: int
    after: int


@dataclass(slots=True)
class Turn:
    """What one turn computes, in nodes that depend on the counter and on carried values.

    ``first`` is the first node that can depend on them. ``reads`` maps placeholders to the
    vector and the index that they read, ``outside`` to what is the same in all turns. Of a loop
    through a ``part`` of the values only sums are known.
    """

    first: int
    counter: int
    values: int
    carries: list[Carry]
    reads: Mapping[int, tuple[int, int]]
    results: Iterable[int]
    names: Mapping[int, str] = field(default_factory=dict)
    outside: Mapping[int, int] = field(default_factory=dict)
    part: Stretch | None = None
