"""A claim to judge: somebody's function and somebody's gradient of it, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradc.checking.comparison import Cause, Comparison, Vector
from gradc.checking.findings import CheckVerdict, Finding
from gradc.errors import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user's own code gave at one point: numbers, or the toolchain's message.

    ``composed`` is the claimed gradient at the value of the function, where that was asked for.
    """

    value: Vector | None
    gradient: Vector | None
    failure: str = ""
    gradient_failure: str = ""
    composed: Vector | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One point: the user's numbers beside the true ones.

    ``expected`` and ``allowed`` are as in a sample. ``value`` is the function's own value there,
    ``value_allowed`` its bound; ``kink`` is the place where the function has no derivative.
    """

    point: dict[str, object]
    answer: Answer
    expected: Vector
    allowed: Vector
    value: float
    value_allowed: float
    kink: Span | None = None
    is_kink: bool = False

    @property
    def value_differs(self) -> bool:
        """Whether the user's function gives another value than gradc's reading of it."""
        got = self.answer.value
        if got is None or not np.isfinite(self.value_allowed):
            return False
        return not abs(float(np.sum(got)) - self.value) <= self.value_allowed


@dataclass(frozen=True, slots=True)
class Claim:
    """A function, its claimed gradient, and all that is known of the two.

    ``used_by`` says what uses the gradient, empty where nothing does. ``place`` is where the
    gradient is defined. ``refused`` says why gradc could not read the function, if so;
    ``unread`` why it could not read the gradient. ``shape`` is what the gradient gives:
    ``(3,)``, ``(3, 1)``; ``certain`` says that the arguments are those of the user's own call.
    ``found`` are causes that running the code showed, ``notes`` what else is worth telling;
    ``settled`` is the verdict where those say it. ``calls`` are the functions that the gradient
    calls, however far down.
    """

    fn: str
    gr: str
    used_by: str
    place: Span | None = None
    comparison: Comparison | None = None
    measured: tuple[Measured, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    unread: tuple[Diagnostic, ...] = ()
    kind: str = "vector"
    shape: tuple[int, ...] = ()
    certain: bool = True
    problem: str = ""
    labels: tuple[str, ...] = field(default=())
    found: tuple[Cause, ...] = ()
    notes: tuple[Finding, ...] = ()
    settled: CheckVerdict | None = None
    calls: frozenset[str] = frozenset()
