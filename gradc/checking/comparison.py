"""A claimed gradient beside the true one: what the search for a cause is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gradc.checking.findings import CauseName
from gradc.errors import Span
from gradc.ir import Function

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One point: what the user's own code gave there, and what is true.

    ``got``, ``expected`` and ``allowed`` have one number for each element of the parameters, in
    their order, matrices by column; ``allowed`` is how far off a right program may be.
    """

    point: Mapping[str, Any]
    got: Vector
    expected: Vector
    allowed: Vector

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which elements are off by more than a right program may be; NaN is off."""
        return ~(np.abs(self.got - self.expected) <= self.allowed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A function, the true gradient, the claimed one, and their numbers.

    ``value`` is the function as its user wrote it, ``gradient`` the same with true derivatives,
    neither stabilized. ``claimed`` is the user's gradient as gradc reads it: its output
    ``value`` is the whole vector, or ``value:1`` … are its parts where the user gives a list. It
    is None where the code goes beyond the language. All have the same inputs, by name.
    ``labels`` name the elements: ``gradient:b[2]``.
    """

    value: Function
    gradient: Function
    claimed: Function | None
    samples: tuple[Sample, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the numbers differ, the likeliest first in a list of them.

    ``span`` is the place in the claimed gradient, ``primal`` the place in the function whose
    derivative is concerned; ``node`` the node of ``claimed`` that is wrong. ``proved`` says that
    with the change at that place every sample comes out right.
    """

    name: CauseName
    message: str
    evidence: tuple[str, ...] = ()
    suggestion: str | None = None
    span: Span | None = None
    primal: Span | None = None
    node: int | None = None
    ratio: float | None = None
    proved: bool = False
    elements: tuple[int, ...] = field(default=())
