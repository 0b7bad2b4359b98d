"""What becomes of the digits of a model's outputs: as it was written, and as gradc emits it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console, ConsoleOptions, RenderResult

from gradc.errors import fail
from gradc.ir import Function
from gradc.verify.absorbed import Absorbed, absorbed
from gradc.verify.bounds import Bounds, bounds
from gradc.verify.cases import Case, Plan
from gradc.verify.loss import Loss, Step, explain_loss, losses
from gradc.verify.report import number, values
from gradc.verify.rounding import EXACT, arithmetic, computes_in
from gradc.verify.stable_forms import bound_in_ulps, digits, legal_for
from gradc.verify.witnesses import AS_WRITTEN

Written = Literal["written", "emitted"]
THRESHOLD = 2.0
"""Digits that a bound may take before it is shown where they went: a hundred rounding units."""
_PREFERRED = ("numpy", "tf", "keras", "r", "tmb")
_LARGE = 20_000
_MOST_POINTS = 3
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One output at one point; ``point`` counts the points of a report, or of a call, from 0.

    ``beside`` are the digits that the other way to compute it loses: gradc's emitted code for
    the formula as it was written, and the other way round.
    """

    form: Written
    point: int
    loss: Loss
    beside: float | None = None

    def in_emitted(self, step: Step) -> bool:
        """Whether gradc's emitted code has what a step's stable form would save."""
        return (
            self.form == "written"
            and bool(step.stable_form)
            and self.beside is not None
            and self.loss.digits_lost - self.beside >= step.saves - 0.5
        )

    def to_json(self) -> dict[str, Any]:
        loss = self.loss
        return {
            "output": loss.output,
            "form": self.form,
            "point": self.point,
            "row": loss.row,
            "value": number(loss.value),
            "bound_ulp": number(loss.bound_ulp),
            "bound_method": loss.method,
            "digits_kept": number(loss.digits_kept),
            "digits_lost": number(loss.digits_lost),
            "condition": number(loss.condition),
            "inherent_digits": number(loss.inherent),
            "cause": loss.cause,
            "steps": [_step_json(step, in_emitted=self.in_emitted(step)) for step in loss.steps],
        }


def _step_json(step: Step, *, in_emitted: bool) -> dict[str, Any]:
    place = step.span.to_json() if step.span else {"file": None, "line": None, "column": None}
    return {
        "kind": step.kind,
        **{key: place[key] for key in ("file", "line", "column")},
        "expression": step.expression,
        "rule": step.rule or None,
        "condition": number(step.condition),
        "digits_lost": number(step.digits_lost),
        "share": number(step.share),
        "stable_form": step.stable_form or None,
        "saves": number(step.saves),
        "of_value": step.of_value,
        "in_emitted": in_emitted,
    }


@dataclass(frozen=True, slots=True)
class Precision:
    """The digits of a model's outputs on one target in one arithmetic, the worst first.

    ``threshold`` is how many digits an output must lose to be told of.
    """

    target: str
    dtype: str
    threshold: float
    points: tuple[Mapping[str, Any], ...]
    entries: tuple[Entry, ...]
    absorbed: tuple[Absorbed, ...] = ()

    @property
    def every_digit(self) -> float:
        """How many decimal digits the arithmetic has."""
        return arithmetic(self.target, self.dtype).digits * math.log10(2)

    def __bool__(self) -> bool:
        return bool(self.entries or self.absorbed)

    def to_json(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "dtype": self.dtype,
            "threshold": self.threshold,
            "at": [values(point) for point in self.points],
            "precision": [entry.to_json() for entry in self.entries],
            "absorbed": [one.to_json() for one in self.absorbed],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from gradc.verify.digits_text import wrapped

        yield from wrapped(self, console, options.max_width)


def precision_at(
    written: Function,
    emitted: Function,
    target: str,
    dtype: str,
    points: Sequence[Mapping[str, Any]],
    threshold: float = 0.0,
) -> Precision:
    """What both ways to compute a model lose at each point.

    Raises: GradcError (G504) for a target that does not compute in ``dtype`` or rounds nothing.
    """
    if not computes_in(target, dtype):
        raise fail("G504", f"target {target} computes in doubles only", suggestion="numpy")
    if target in EXACT:
        raise fail("G504", f"target {target} loses no digits: it has as many as it takes")
    entries = [
        entry
        for index, point in enumerate(points)
        for entry in _entries(written, emitted, target, dtype, index, point, threshold)
    ]
    entries.sort(key=lambda entry: -entry.loss.digits_lost)
    terms = absorbed(written, points, dtype)
    return Precision(target, dtype, threshold, tuple(points), tuple(entries), terms)


def _entries(
    written: Function,
    emitted: Function,
    target: str,
    dtype: str,
    index: int,
    point: Mapping[str, Any],
    threshold: float,
    outputs: Sequence[str] | None = None,
    known: Bounds | None = None,
) -> Iterator[Entry]:
    """The outputs at one point, of those that lose enough either way."""
    names = list(emitted.outputs) if outputs is None else list(outputs)
    names = [name for name in names if name in written.outputs]
    forms = len(written.graph) <= _LARGE
    known = known or bounds(emitted, target, point, dtype)
    own = {one.output: one.digits_lost for one in losses(emitted, target, dtype, known)}
    theirs: Sequence[Loss] = ()
    if forms or not threshold:  # of a large graph, a verification knows the emitted bounds alone
        theirs = explain_loss(written, point, target, dtype, names, least=threshold, forms=forms)
    lossy = [name for name in names if own[name] >= threshold]
    ours = explain_loss(emitted, point, target, dtype, lossy, known=known, forms=forms)
    for loss in theirs:
        # What gradc computes is told below, unless it is the same.
        if loss.digits_lost > own[loss.output] + _ALIKE or not threshold:
            yield Entry("written", index, loss, own[loss.output])
    beside = {loss.output: loss.digits_lost for loss in theirs}
    for loss in ours:
        yield Entry("emitted", index, loss, beside.get(loss.output))


def precision_of(plan: Plan, threshold: float = THRESHOLD) -> Precision | None:
    """The digits lost at the worst points of a verification, on the first target that has any.

    Given points alone are looked at where there are any. None where no target rounds in this
    arithmetic.
    Raises: as :func:`precision_at`, where what was written needs what the target has not.
    """
    subject = plan.subject
    targets = [t for t in _PREFERRED if t in subject.emitted and computes_in(t, subject.dtype)]
    if not targets or not plan.cases:
        return None
    target = targets[0]
    cases = plan.cases[: plan.sample.given] or plan.cases
    written = legal_for(subject.plain, target)
    chosen = _worst_points(cases, target, subject.dtype)
    entries = [
        entry
        for index, outputs in chosen.items()
        for entry in _entries(
            written,
            subject.emitted[target].function,
            target,
            subject.dtype,
            index,
            cases[index].point,
            threshold,
            outputs,
            cases[index].bounds[target],
        )
    ]
    terms = absorbed(subject.plain, [case.point for case in cases], subject.dtype)
    entries.sort(key=lambda entry: -entry.loss.digits_lost)
    points = tuple(case.point for case in cases)
    return Precision(target, subject.dtype, threshold, points, tuple(entries), terms)


def _worst_points(cases: Sequence[Case], target: str, dtype: str) -> dict[int, list[str]]:
    """For each output the point where most is lost, by what is emitted or was written."""
    model = arithmetic(target, dtype)
    worst: dict[str, tuple[float, int]] = {}
    for index, case in enumerate(cases):
        limits = [case.bounds[name] for name in (target, *AS_WRITTEN) if name in case.bounds]
        for known in limits:
            for name, row in known.cells.items():
                pairs = zip(row, known.exact.cells[name], strict=True)
                ulps = max((bound_in_ulps(model, *pair) for pair in pairs), default=0.0)
                if name not in worst or digits(ulps) > worst[name][0]:
                    worst[name] = (digits(ulps), index)
    chosen: dict[int, list[str]] = {}
    for name, (_, index) in sorted(worst.items(), key=lambda item: -item[1][0]):
        if index in chosen or len(chosen) < _MOST_POINTS:
            chosen.setdefault(index, []).append(name)
    return chosen
