"""Cases: points with what is true there and how far each source may be off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flint import arb, ctx

from gradc.ir import Function
from gradc.run import Program
from gradc.verify.bounds import Bound, Bounds, bounds
from gradc.verify.cells import Cells
from gradc.verify.compare import Expected
from gradc.verify.evaluate import bind, concrete, counts_at
from gradc.verify.exact_bounds import exact_bounds
from gradc.verify.oracle import State, Truth, true_values
from gradc.verify.points import Sample, sample
from gradc.verify.quotient import Confirmation, confirm
from gradc.verify.rounding import EXACT, arithmetic, computes_in
from gradc.verify.witnesses import WITNESS_TARGETS, Hearing


@dataclass(frozen=True, slots=True)
class Emitted:
    """What a target was given: the legalized function with its derivatives, and the program.

    ``reports`` has the results with a name, as the target computes them. With ``of_sum`` the
    function's gradients are those of the sum over rows. ``rounded`` makes of what was printed
    the function whose rounding stands for the target's.
    """

    function: Function
    program: Program
    reports: Function | None = None
    of_sum: bool = False
    rounded: Callable[[Function], Function] = lambda function: function


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to verify.

    ``original`` has the value as its user wrote it; ``plain`` the same with derivatives,
    neither stabilized nor legalized: it says what is true. ``witnesses`` gives for each
    witness the plain derivatives legalized for the target that it runs on, whose bound it
    is judged by, where that is no target's; ``hearing`` says how witnesses are heard, and
    ``hosts`` has targets that run for their sake only. All functions have the same inputs and
    name outputs alike. ``unsupported`` gives the reason for each target that cannot have the
    model. ``reports`` has the results that the user named, as they were written.
    """

    original: Function
    plain: Function
    emitted: Mapping[str, Emitted]
    witnesses: Mapping[str, Function] = field(default_factory=dict)
    dtype: str = "float64"
    unsupported: Mapping[str, str] = field(default_factory=dict)
    reports: Function | None = None
    hearing: Hearing = field(default_factory=Hearing)
    hosts: Mapping[str, Emitted] = field(default_factory=dict)

    @property
    def programs(self) -> dict[str, Emitted]:
        """What the targets were given, those that only run for a witness included."""
        return {**self.emitted, **self.hosts}


@dataclass(frozen=True, slots=True)
class Case:
    """One point: what is true there, what quotients say, and each source's bounds.

    ``claimed`` is what gradc's derivatives say in exact arithmetic; ``truth`` is the same
    unless a quotient contradicts. ``reports`` and ``report_bounds`` are of named results.
    """

    point: Mapping[str, Any]
    truth: Truth
    claimed: Truth
    confirmation: Confirmation
    bounds: Mapping[str, Bounds]
    reports: Truth | None = None
    report_bounds: Mapping[str, Bounds] = field(default_factory=dict)
    of_sum: frozenset[str] = frozenset()

    def outputs(self, source: str) -> list[str]:
        """What an emitted program says: value, derivatives, named results."""
        named = self.report_bounds[source].cells if source in self.report_bounds else {}
        own = self.bounds[source].cells
        # A target may have no second derivatives.
        return [n for n in self.truth.cells if n in own or not n.startswith("hessian:")] + [*named]

    def expected(self, source: str, output: str) -> list[Expected]:
        """What a source should say for an output, one a row."""
        bounds, truth = self.bounds, self.truth
        if self.reports is not None and output in self.reports.cells:
            bounds, truth = self.report_bounds, self.reports
        limits = bounds[source].cells[output]
        cells, states = truth.cells[output], truth.states[output]
        if source in EXACT:
            # In symbols x/x is 1 and 0*x is 0, whatever happens where x is 0 or infinite.
            states = tuple(state if state == "finite" else "undecided" for state in states)
        if source in self.of_sum and output.startswith("gradient:"):
            return [self._summed(cells, states, limits[0])]
        rows = max(len(limits), len(cells))
        return [
            Expected(
                cells[min(row, len(cells) - 1)],
                states[min(row, len(cells) - 1)],
                limits[min(row, len(limits) - 1)],
            )
            for row in range(rows)
        ]

    def _summed(self, cells: Cells, states: Sequence[State], bound: Bound) -> Expected:
        """What the gradient of the sum over rows should be, of which this is the bound."""
        with ctx.workprec(self.truth.bits):
            total = sum(cells, arb(0))
            if len(cells) == 1:
                total = total * len(self.truth.cells["value"])
        return Expected(total, next((s for s in states if s != "finite"), "finite"), bound)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is known before a toolchain is started."""

    subject: Subject
    sample: Sample
    cases: tuple[Case, ...]


def plan(
    subject: Subject,
    given: Sequence[Mapping[str, Any]] = (),
    count: int = 20,
    seed: int = 0,
    base: Mapping[str, Any] | None = None,
) -> Plan:
    """Choose points and find out what is true there.

    Raises: GradcError (G501, G502) for a given point that does not fit the model, (G503,
    G504) for a primitive without ball arithmetic or measured accuracy.
    """
    found: dict[int, Case] = {}
    unrolled = _Unrolled(subject)

    def accept(point: Mapping[str, Any]) -> str | None:
        here = unrolled.at(point)
        truth = true_values(here.plain, point, dtype=subject.dtype)
        # Nothing that follows makes a number of what is infinite, and all of it takes long.
        if any("infinite" in states for states in truth.states.values()):
            return _not_finite(truth)
        case = examine(here, point, truth)
        reason = refusal(case, subject)
        if reason is None:
            found[id(point)] = case
        return reason

    drawn = sample(subject.original, given, count, seed, accept, subject.dtype, base)
    cases = [found.get(id(point)) or examine(unrolled.at(point), point) for point in drawn.points]
    return Plan(subject, drawn, tuple(cases))


@dataclass(slots=True)
class _Unrolled:
    """A subject with its loops written out, once for each number of turns."""

    subject: Subject
    _known: dict[tuple[tuple[str, int], ...], Subject] = field(default_factory=dict)

    def at(self, point: Mapping[str, Any]) -> Subject:
        subject = self.subject
        inputs = bind(subject.original, point, subject.dtype)
        key = tuple(sorted(counts_at(subject.original.graph, inputs).items()))
        if key not in self._known:
            self._known[key] = _written_out(subject, inputs)
        return self._known[key]


def _written_out(subject: Subject, inputs: Mapping[str, Cells]) -> Subject:
    def written(items: Mapping[str, Emitted]) -> dict[str, Emitted]:
        return {
            name: replace(
                item,
                function=concrete(item.function, inputs),
                reports=item.reports and concrete(item.reports, inputs),
            )
            for name, item in items.items()
        }

    return replace(
        subject,
        original=concrete(subject.original, inputs),
        plain=concrete(subject.plain, inputs),
        emitted=written(subject.emitted),
        hosts=written(subject.hosts),
        reports=subject.reports and concrete(subject.reports, inputs),
        witnesses={
            name: concrete(function, inputs) for name, function in subject.witnesses.items()
        },
    )


def examine(subject: Subject, point: Mapping[str, Any], truth: Truth | None = None) -> Case:
    """What is true at a point, and how far each source may be off there."""
    dtype = subject.dtype
    truth = truth or true_values(subject.plain, point, dtype=dtype)
    limits = {
        name: _bounds(item.function, name, point, dtype)
        for name, item in subject.programs.items()
        if computes_in(name, dtype)
    }
    limits |= {
        name: bounds(function, WITNESS_TARGETS[name], point, dtype)
        for name, function in subject.witnesses.items()
    }
    for other in limits.values():
        truth = _continued(truth, other.exact)
    second = any(name.startswith("hessian:") for name in truth.cells)
    confirmation = confirm(subject.plain if second else subject.original, truth, point, dtype)
    corrected = _corrected(truth, confirmation)
    of_sum = frozenset(name for name, item in subject.programs.items() if item.of_sum)
    if subject.reports is None:
        return Case(point, corrected, truth, confirmation, limits, of_sum=of_sum)
    named = true_values(subject.reports, point, dtype=dtype)
    radii = {
        name: _bounds(item.reports, name, point, dtype)
        for name, item in subject.programs.items()
        if computes_in(name, dtype) and item.reports is not None
    }
    for other in radii.values():
        named = _continued(named, other.exact)
    return Case(point, corrected, truth, confirmation, limits, named, radii, of_sum)


def _bounds(function: Function, target: str, point: Mapping[str, Any], dtype: str) -> Bounds:
    of = exact_bounds if target in EXACT else bounds
    return of(function, target, point, dtype)


def _continued(truth: Truth, other: Truth) -> Truth:
    """The truth, completed where the formula as written is undefined but its stable form is not.

    ``x*log(x)`` at 0 is 0 by the language's own rule, and NaN as it is written.
    """
    if truth.finite:
        return truth
    cells = {name: list(row) for name, row in truth.cells.items()}
    states = {name: list(row) for name, row in truth.states.items()}
    for name, row in states.items():
        known, balls = other.states.get(name, ()), other.cells.get(name, [])
        for k, state in enumerate(row):
            j = min(k, len(known) - 1)
            if (
                state in ("undefined", "undecided")
                and j >= 0
                and known[j] in ("finite", "infinite")
            ):
                row[k], cells[name][k] = known[j], balls[j]
    return Truth(cells, {name: tuple(row) for name, row in states.items()}, truth.bits, truth.kinks)


def _corrected(truth: Truth, confirmation: Confirmation) -> Truth:
    """The truth with the quotients where they contradict: the definition has the last word."""
    if not confirmation.corrected:
        return truth
    cells = {name: list(row) for name, row in truth.cells.items()}
    for (name, row), ball in confirmation.corrected.items():
        cells[name][row] = ball
    return Truth(cells, truth.states, truth.bits, truth.kinks)


def refusal(case: Case, subject: Subject) -> str | None:
    """Why a random point is of no use, None where it is.

    What a witness can bear does not matter: its formula is not ours.
    """
    truth = case.truth
    reason = _not_finite(truth)
    if reason is not None:
        return reason
    largest = arithmetic("oracle", subject.dtype).largest
    for name, cells in truth.cells.items():
        if any(abs(cell) > largest for cell in cells):
            return f"{name} is too large for {subject.dtype}"
    if truth.kinks:
        return f"a kink of '{truth.kinks[0].prim}'"
    for source, limits in case.bounds.items():
        if source not in subject.emitted:
            continue
        for name, row in limits.cells.items():
            culprit = next((bound.range_failure for bound in row if bound.range_failure), None)
            if culprit:
                return f"'{culprit}' leaves the exponent range on {source}, and {name} is lost"
            if not all(bound.radius.is_finite() for bound in row):
                return f"rounding errors may reach a pole on {source}, and {name} is lost"
    return None


def _not_finite(truth: Truth) -> str | None:
    for name, states in truth.states.items():
        for state in states:
            if state != "finite":
                return f"{name} is {_STATE_WORDS[state]}"
    return None


_STATE_WORDS: Mapping[State, str] = {
    "infinite": "infinite",
    "undefined": "not defined",
    "undecided": "not decided by the oracle",
}
