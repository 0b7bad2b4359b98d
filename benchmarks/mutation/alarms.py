"""False alarms: what verify says of programs that are right, kinks and bad points included."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.mutation.models import Case, case_of, rows
from gradc.errors import GradcError
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import Answer, run
from gradc.verify import Plan, Report, assess, plan, true_values, with_culprits

CORPORA = (
    "1_feynman",
    "3_selfstart",
    "4_rderiv",
    "5_mgh",
    "6_wild_strings",
    "8_nasty",
    "10_rmodels",
    "2_nist_strd",
)
_MOST_NUMBERS = 300
# What is wrong in a toolchain itself: a complaint about that is right.
KNOWN = {("tf", "tf.math.erf"): "TensorFlow's erf of an infinity is NaN"}
_OVERFLOW = "leaves the exponent range"
_NAMES = ("a", "b", "x", "y")
# Ties, zeros and sizes at which branches meet and digits cancel.
_CORNERS = (
    (0.0, 0.0, 0.0, 0.0),
    (1.0, 1.0, 1.0, 1.0),
    (-1.0, 1.0, -1.0, 1.0),
    (0.3, 0.3, 0.3, 0.3),
    (1e-9, -1e-9, 1e-8, 1e-12),
    (30.0, 30.0 + 1e-7, -30.0, 0.5),
)
_LITERALS = ("1", "2", "0.5", "3", "0.1", "1e-3", "7", "1e4", "0.3333")
_UNARY = (
    "exp({})", "exp(-({}))", "log(abs({}) + 0.1)", "log(1 + ({})^2)", "log1p(abs({}))",
    "sqrt(1 + ({})^2)", "sin({})", "cos({})", "tanh({})", "atan({})", "asinh({})",
    "1/(1 + exp(-({})))", "log(1 + exp({}))", "({})^2", "({})^3", "abs({})^1.5",
    "lgamma(1 + abs({}))", "digamma(0.5 + abs({}))", "expm1({})", "-({})", "erf({})", "cosh({})",
    "1 - cos({})", "floor({})", "abs({})",
)  # fmt: skip
_BINARY = (
    "({}) + ({})", "({}) - ({})", "({})*({})", "({})/({})", "({})/(1 + ({})^2)", "pmax({}, {})",
    "pmin({}, {})", "atan2({}, {})", "ifelse({} > 0.3, {}, 1)", "sqrt(({})^2 + ({})^2)",
)  # fmt: skip


@dataclass(slots=True)
class Alarms:
    """Programs that are right: how many were asked, and of which verify said otherwise.

    ``known`` are faults of the toolchains themselves. ``overflows`` leave the range of doubles at
    a point that was given to them: their answer is wrong there, and verify names what overflows.
    """

    programs: int = 0
    points: int = 0
    kinks: int = 0
    inconclusive: int = 0
    overflows: int = 0
    known: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def add(self, other: Alarms) -> None:
        self.programs += other.programs
        self.points += other.points
        self.kinks += other.kinks
        self.inconclusive += other.inconclusive
        self.overflows += other.overflows
        self.known += other.known
        self.false += other.false

    @property
    def upper(self) -> float:
        """An upper bound of the rate, at 95 %; by the rule of three where there was none."""
        count = len(self.false)
        if count == 0:
            return 3 / max(self.programs, 1)
        return float((count + 1.96 * count**0.5 + 2) / max(self.programs, 1))


def _text(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(_NAMES) if draw.random() < 0.8 else draw.choice(_LITERALS)
    if draw.random() < 0.45:
        return draw.choice(_UNARY).format(_text(draw, depth - 1))
    first, second = _text(draw, depth - 1), _text(draw, depth - 1)
    return draw.choice(_BINARY).format(first, second)


def random_cases(count: int, seed: int) -> Iterator[tuple[Case, list[dict[str, Any]]]]:
    """Random models with the corners to ask them at."""
    draw = random.Random(seed)  # noqa: S311 - test data
    for number in range(count):
        text = _text(draw, draw.choice((2, 3, 3, 4)))
        corners = [dict(zip(_NAMES, values, strict=True)) for values in _CORNERS]
        try:
            wrt = [name for name in ("a", "b") if f"{name}" in text.replace("abs", "")] or None
            model = compile_model(f"{text} + 0*a", wrt=wrt or ["a"], name="m")
        except GradcError:
            continue
        names = {item.name for item in model.inputs}
        given = [{n: v for n, v in corner.items() if n in names} for corner in corners]
        yield Case(f"random {seed}.{number}: {text}", model, {}), given


def shipped_cases(names: Sequence[str] = CORPORA) -> Iterator[tuple[Case, list[dict[str, Any]]]]:
    """The shipped cases, each with its own point, however bad that is."""
    for name in names:
        for row in rows(name):
            values = (*row["params"].values(), *row["data"].values())
            numbers = sum(len(v) if isinstance(v, list) else 1 for v in values)
            case = case_of(row) if row["params"] and numbers <= _MOST_NUMBERS else None
            if case is not None:
                yield case, [case.at]


def alarms(
    case: Case, given: Sequence[dict[str, Any]], targets: Sequence[str], points: int
) -> Alarms:
    """What verify says of a model's programs in these targets.

    A point where the model itself has no value is none to judge a program by.
    """
    found = Alarms()
    try:
        subject = subject_of(case.model, targets, [], "float64", hessian=False)
        every = [case.model.complete(point) for point in given]
        complete = [point for point in every if true_values(subject.plain, point).finite]
        prepared = plan(subject, complete, count=points, seed=0)
    except GradcError as error:
        found.false.append(f"{case.name}: {error}")
        return found
    at = [one.point for one in prepared.cases]
    for target, item in subject.emitted.items():
        answers = {target: run(item.program, at)}
        report = assess(prepared, answers)
        found.programs += 1
        found.points += len(at)
        found.kinks += sum(bool(one.truth.kinks) for one in prepared.cases)
        found.inconclusive += report.verdict == "inconclusive"
        wrong = [s for s in report.sources if s.status in ("disagree", "failed")]
        if wrong and all(_OVERFLOW in source.detail for source in wrong):
            found.overflows += 1
        elif report.verdict == "disagree" and (fault := _known(prepared, answers, report)):
            found.known.append(f"{case.name} on {target}: {fault}")
        elif report.verdict == "disagree":
            said = [source.worst for source in wrong]
            found.false.append(f"{case.name} on {target}: {said}")
    return found


def _known(prepared: Plan, answers: Mapping[str, Sequence[Answer]], report: Report) -> str:
    """The fault of a toolchain that a complaint is about, where verify names that statement."""
    for source in with_culprits(prepared, answers, report).sources:
        culprit = source.culprit
        for (target, text), fault in KNOWN.items():
            if (
                culprit
                and source.name == target
                and text in culprit.text
                and culprit.got != culprit.got
            ):
                return fault
    return ""
