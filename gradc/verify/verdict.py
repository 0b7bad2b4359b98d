"""Verification from beginning to end: points, truths, bounds, answers, verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradc.errors import Diagnostic
from gradc.ir import Function
from gradc.run import Answer, Numbers, Program, ToolchainError, Witness, run
from gradc.verify.bounds import Bounds, bounds
from gradc.verify.compare import Expected, Judgement, judge, pairs
from gradc.verify.oracle import State, Truth, true_values
from gradc.verify.points import Sample, sample
from gradc.verify.quotient import Confirmation, confirm
from gradc.verify.report import (
    OutputReport,
    Report,
    SourceKind,
    SourceReport,
    SourceStatus,
    Verdict,
    Worst,
)
from gradc.verify.rounding import Arithmetic, arithmetic

WITNESS_TARGETS = {"tf-tape": "tf"}
_ABSENT = ("G401", "G402")


@dataclass(frozen=True, slots=True)
class Emitted:
    """What a target was given: the legalized function with its derivatives, and the program."""

    function: Function
    program: Program


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to verify.

    ``original`` has the value as its user wrote it; ``plain`` the same with derivatives,
    neither stabilized nor legalized: it says what is true. ``witnesses`` gives for each
    witness the plain derivatives legalized for the target that it runs on, whose bound it
    is judged by. All functions have the same inputs and name outputs alike.
    """

    original: Function
    plain: Function
    emitted: Mapping[str, Emitted]
    witnesses: Mapping[str, Function] = field(default_factory=dict)
    dtype: str = "float64"


@dataclass(frozen=True, slots=True)
class Case:
    """One point: what is true there, what quotients say, and each source's bounds."""

    point: Mapping[str, Any]
    truth: Truth
    confirmation: Confirmation
    bounds: Mapping[str, Bounds]

    def expected(self, source: str, output: str) -> list[Expected]:
        """What a source should say for an output, one a row."""
        limits = self.bounds[source].cells[output]
        cells, states = self.truth.cells[output], self.truth.states[output]
        rows = max(len(limits), len(cells))
        return [
            Expected(
                cells[min(row, len(cells) - 1)],
                states[min(row, len(cells) - 1)],
                limits[min(row, len(limits) - 1)],
            )
            for row in range(rows)
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is known before a toolchain is started."""

    subject: Subject
    sample: Sample
    cases: tuple[Case, ...]


def plan(
    subject: Subject, given: Sequence[Mapping[str, Any]] = (), count: int = 20, seed: int = 0
) -> Plan:
    """Choose points and find out what is true there.

    Raises: GradcError (G501, G502) for a given point that does not fit the model, (G503,
    G504) for a primitive without ball arithmetic or measured accuracy.
    """
    found: dict[int, Case] = {}

    def accept(point: Mapping[str, Any]) -> str | None:
        case = examine(subject, point)
        reason = refusal(case)
        if reason is None:
            found[id(point)] = case
        return reason

    drawn = sample(subject.original, given, count, seed, accept, subject.dtype)
    cases = [found.get(id(point)) or examine(subject, point) for point in drawn.points]
    return Plan(subject, drawn, tuple(cases))


def examine(subject: Subject, point: Mapping[str, Any]) -> Case:
    """What is true at a point, and how far each source may be off there."""
    dtype = subject.dtype
    truth = true_values(subject.plain, point, dtype=dtype)
    limits: dict[str, Bounds] = {}
    if truth.decided or any(state == "undefined" for row in truth.states.values() for state in row):
        limits = {
            name: bounds(item.function, name, point, dtype)
            for name, item in subject.emitted.items()
        }
        limits |= {
            name: bounds(function, WITNESS_TARGETS[name], point, dtype)
            for name, function in subject.witnesses.items()
        }
    for other in limits.values():
        truth = _continued(truth, other.exact)
    second = any(name.startswith("hessian:") for name in truth.cells)
    confirmation = confirm(subject.plain if second else subject.original, truth, point, dtype)
    return Case(point, _corrected(truth, confirmation), confirmation, limits)
