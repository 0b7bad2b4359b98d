"""Verification from beginning to end: points, truths, answers, verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradc.errors import Diagnostic, GradcError
from gradc.run import Answer, Numbers, Program, ToolchainError, run
from gradc.verify.cases import Case, Plan, Subject, plan
from gradc.verify.digits import precision_of
from gradc.verify.hearing import ask_taylor, ask_witnesses, heard, is_beside
from gradc.verify.locate import locate
from gradc.verify.report import Report, SourceReport, Verdict
from gradc.verify.rounding import EXACT, computes_in
from gradc.verify.sources import emitted_source, oracle_source

MOST_EXACT = 5
"""At how many points a target is asked that computes in symbols, which is slow."""
MOST_NUMBERS = 200
"""How many numbers such a point may have."""
EXACT_SECONDS = 30.0
# Failures of an emitted program itself, where its toolchain is all right.
_OWN_FAULT = ("G403", "G407")


def verify(
    subject: Subject,
    given: Sequence[Mapping[str, Any]] = (),
    *,
    count: int = 20,
    seed: int = 0,
    timeout: float = 300.0,
    diagnostics: Sequence[Diagnostic] = (),
    base: Mapping[str, Any] | None = None,
    digits: bool = False,
) -> Report:
    """Run every emitted program and every witness, and judge what they say.

    ``digits`` explains where digits are lost.
    Raises: as :func:`plan`.
    """
    prepared = plan(subject, given, count, seed, base)
    points = [case.point for case in prepared.cases]
    answers: dict[str, list[Answer]] = {}
    for name, item in subject.programs.items():
        witnesses = [w for w in subject.witnesses if is_beside(w, name)]
        if name in EXACT:
            answers[name] = _in_symbols(item.program, points, min(timeout, EXACT_SECONDS))
        else:
            answers[name] = run(item.program, points, timeout=timeout, witnesses=witnesses)
    answers |= ask_witnesses(prepared, timeout)
    extra = ask_taylor(prepared, answers, timeout)
    report = assess(prepared, answers, diagnostics, extra)
    report = with_culprits(prepared, answers, report)
    return _with_digits(report, prepared) if digits else report


def _with_digits(report: Report, prepared: Plan) -> Report:
    """The report with an account of lost digits, or with a note why there is none."""
    try:
        return replace(report, precision=precision_of(prepared))
    except GradcError as error:
        message = f"where digits are lost cannot be told: {error.diagnostics[0].message}"
        note = Diagnostic(error.diagnostics[0].code, message, severity="note")
        return replace(report, diagnostics=(*report.diagnostics, note))


def with_culprits(
    prepared: Plan, answers: Mapping[str, Sequence[Answer]], report: Report
) -> Report:
    """The report with the statement that is wrong in each emitted program that disagrees."""
    return replace(
        report,
        sources=tuple(_with_culprit(prepared, answers, source) for source in report.sources),
    )


def _with_culprit(
    prepared: Plan, answers: Mapping[str, Sequence[Answer]], source: SourceReport
) -> SourceReport:
    if source.kind != "emitted" or source.status != "disagree":
        return source
    subject = prepared.subject
    wrong = [output for output in source.outputs if output.status == "disagree" and output.worst]
    for point in dict.fromkeys(output.worst.point for output in wrong if output.worst):
        answer = answers[source.name][point]
        if isinstance(answer, Numbers):
            item, case = subject.emitted[source.name], prepared.cases[point]
            culprit = locate(item, case, answer, point, subject.dtype)
            if culprit is not None:
                return replace(source, culprit=culprit)
    return source


def _in_symbols(
    program: Program, points: Sequence[Mapping[str, Any]], timeout: float
) -> list[Answer]:
    """Answers at the first few points that are small; the others are said to be left out."""
    small = [k for k, point in enumerate(points) if _numbers(point) <= MOST_NUMBERS]
    asked = small[:MOST_EXACT]
    reason = f"asked at {MOST_EXACT} points at most"
    if not asked:
        reason = f"points of more than {MOST_NUMBERS} numbers are too large for symbols"
    elif len(small) < len(points):
        reason += f", of {MOST_NUMBERS} numbers at most"
    answers: list[Answer] = [ToolchainError("G408", reason)] * len(points)
    found = run(program, [points[k] for k in asked], timeout=timeout) if asked else []
    for k, answer in zip(asked, found, strict=True):
        answers[k] = answer
    return answers


def _numbers(point: Mapping[str, Any]) -> int:
    """How many numbers a point has."""
    return sum(np.size(value) for value in point.values())


def assess(
    prepared: Plan,
    answers: Mapping[str, Sequence[Answer]],
    diagnostics: Sequence[Diagnostic] = (),
    extra: Sequence[SourceReport] = (),
) -> Report:
    """The report on answers that are already here, one list a target in the order of the points.

    Answers of a witness's own program stand under the witness's name; ``extra`` are reports on
    witnesses that are already made.
    """
    subject = prepared.subject
    cases, dtype = prepared.cases, subject.dtype
    sources = [
        emitted_source(name, cases, answers[name], dtype)
        for name in subject.emitted
        if name in answers
    ]
    sources += [*heard(prepared, answers), *extra]
    sources += [
        SourceReport(name, "emitted", "unsupported", (), reason, _lacks(name, dtype))
        for name, reason in subject.unsupported.items()
    ]
    sources.append(oracle_source(cases, dtype))
    return Report(
        _verdict(sources),
        tuple(sources),
        tuple(case.point for case in prepared.cases),
        prepared.sample.given,
        prepared.sample.skipped,
        (*diagnostics, *_kink_notes(cases)),
    )


def _lacks(target: str, dtype: str) -> str:
    """The code of a target that cannot have the model, or any model in these numbers."""
    return "G303" if computes_in(target, dtype) else "G408"


def _kink_notes(cases: Sequence[Case]) -> list[Diagnostic]:
    """A note for each given point at which a derivative is a convention."""
    return [
        Diagnostic(
            "G505",
            f"point {index} is a kink of '{kink.prim}':"
            " the derivative there is that of the branch taken",
            kink.span,
            None,
            "note",
        )
        for index, case in enumerate(cases)
        for kink in case.truth.kinks[:1]
    ]


def _verdict(sources: Sequence[SourceReport]) -> Verdict:
    """The verdict on all sources together.

    A witness that disagrees counts unless quotients side with gradc; one without numbers
    never counts. An emitted program that does not compile or raises is wrong.
    """
    emitted = [source for source in sources if source.kind == "emitted"]
    if any(source.status == "disagree" and not source.excused for source in sources):
        return "disagree"
    if any(source.code in _OWN_FAULT for source in emitted):
        return "disagree"
    heard = [source for source in emitted if source.status in ("agree", "inconclusive")]
    if not heard:
        return "unverified"
    doubtful = [source for source in sources if source.kind != "witness"]
    if any(source.status == "inconclusive" for source in doubtful):
        return "inconclusive"
    return "agree"
