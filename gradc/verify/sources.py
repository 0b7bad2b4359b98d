"""One source's answers over all points: an emitted program, a witness, or the oracle itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gradc.run import Answer, Numbers, ToolchainError
from gradc.verify.cases import Case
from gradc.verify.compare import Judgement, judge, pairs, ulp_of
from gradc.verify.report import OutputReport, SourceKind, SourceReport, SourceStatus, Worst
from gradc.verify.rounding import EXACT, Arithmetic, arithmetic
from gradc.verify.witnesses import WITNESSES

_ABSENT = ("G401", "G402")
_CANNOT = "G408"


@dataclass(slots=True)
class Tally:
    """Judgements on one output, point after point."""

    judgements: list[tuple[int, int, Judgement]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def status(self) -> SourceStatus:
        found = {judgement.status for _, _, judgement in self.judgements}
        if self.failures or "disagree" in found:
            return "disagree"
        # One conclusive point is enough where others cannot tell.
        return "agree" if "agree" in found else "inconclusive"

    def report(self, output: str) -> OutputReport:
        """The output's line: its largest error, and the number farthest out."""
        worst, error = None, 0.0
        for point, row, one in self.judgements:
            error = (
                max(error, one.error_ulp) if one.expected != 0.0 or one.got != one.got else error
            )
            key = (_ORDER[one.status], one.share)
            if worst is None or key > worst[0]:
                worst = (key, point, row, one)
        place = None
        if worst is not None:
            _, point, row, one = worst
            place = Worst(
                point,
                output,
                row,
                one.got,
                one.expected,
                one.bound,
                one.error_ulp,
                one.bound_ulp,
                one.method,
            )
        return OutputReport(output, self.status, error, place)


_ORDER = {"agree": 0, "inconclusive": 0, "disagree": 1}


def emitted_source(
    name: str, cases: Sequence[Case], answers: Sequence[Answer], dtype: str
) -> SourceReport:
    """What an emitted program said, judged by its own function's bounds."""
    failed = [answer for answer in answers if isinstance(answer, ToolchainError)]
    if failed and len(failed) == len(answers):
        return silent(name, "emitted", failed[0])
    model = arithmetic(name, dtype)
    tallies = _tally(name, cases, answers, model)
    outputs = tuple(tally.report(output) for output, tally in tallies.items())
    status = overall(outputs)
    detail = ""
    if name in EXACT:
        left = [error for error in failed if error.code == _CANNOT]
        failed = [error for error in failed if error.code != _CANNOT]
        if left:
            detail = f"not at {len(left)} of {len(answers)} points: {left[0].message}"
    if failed:
        detail = f"no answer at {len(failed)} of {len(answers)} points: {failed[0].message}"
        status = "disagree" if status == "disagree" else "failed"
        return SourceReport(
            name, "emitted", status, outputs, detail, failed[0].code, failed[0].remedy
        )
    if status == "disagree":
        detail = _explanation(name, cases, outputs)
    return SourceReport(name, "emitted", status, outputs, detail)


def silent(name: str, kind: SourceKind, error: ToolchainError) -> SourceReport:
    """The report on a source that gave no numbers at all."""
    status: SourceStatus = "failed"
    if error.code in _ABSENT:
        status = "missing"
    elif error.code == _CANNOT:
        status = "unsupported"
    return SourceReport(name, kind, status, (), error.message, error.code, error.remedy)


def _tally(
    name: str, cases: Sequence[Case], answers: Iterable[Answer], model: Arithmetic
) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for index, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        if isinstance(answer, ToolchainError):
            continue
        for output in case.outputs(name):
            tally = tallies.setdefault(output, Tally())
            try:
                wanted_rows = case.expected(name, output)
                said = pairs(answer, output, wanted_rows, model, is_summed=name in case.of_sum)
                for row, (got, wanted) in enumerate(said):
                    tally.judgements.append((index, row, judge(got, wanted, model)))
            except (LookupError, ValueError) as error:
                tally.failures.append(str(error))
    return tallies


def overall(outputs: Sequence[OutputReport]) -> SourceStatus:
    """The status of a source from those of its outputs."""
    found = {output.status for output in outputs}
    if "disagree" in found:
        return "disagree"
    if not found:
        return "inconclusive"
    return "inconclusive" if "inconclusive" in found else "agree"


def _explanation(name: str, cases: Sequence[Case], outputs: Sequence[OutputReport]) -> str:
    """Why a disagreement may be there, where the exponent range explains it."""
    for output in outputs:
        worst = output.worst
        if output.status != "disagree" or worst is None:
            continue
        row = cases[worst.point].bounds[name].cells[output.output]
        culprit = next((bound.range_failure for bound in row if bound.range_failure), "")
        if culprit:
            return f"'{culprit}' leaves the exponent range, and {output.output} is lost"
        if not all(bound.radius.is_finite() for bound in row):
            return f"rounding errors may reach a pole, and {output.output} is lost"
    return ""


def witness_source(
    name: str,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    dtype: str,
    fault: str = "",
) -> SourceReport:
    """What somebody else's differentiation said, judged by the bound of the plain graph.

    Its formula is its own, so losing digits is agreement inside that bound. Where it is NaN or
    infinite and the truth is not, the witness failed. ``fault`` is what is known to be wrong
    with how it differentiates this model.
    """
    kind = WITNESSES[name]
    missing = [answer for answer in answers if isinstance(answer, ToolchainError)]
    if missing and len(missing) == len(answers):
        report = silent(name, "witness", missing[0])
        return replace(report, detail=f"{fault}: {report.detail}") if fault else report
    tallies: dict[str, Tally] = {}
    notes = _Notes(fault=fault)
    if missing and kind.way == "program":
        notes.silent = f"not at {len(missing)} of {len(answers)} points: {missing[0].message}"
    for index, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        if isinstance(answer, ToolchainError):
            continue
        numbers: Numbers | None = answer
        if kind.way == "beside":
            numbers = _said_beside(name, answer, notes)
        if numbers is not None:
            _hear(name, index, case, numbers, arithmetic(kind.host, dtype), tallies, notes)
    return _witness_report(name, tallies, notes)


def _said_beside(name: str, answer: Numbers, notes: _Notes) -> Numbers | None:
    """What a witness said while a program ran."""
    said = answer.witness.get(name)
    if said is None:
        return None
    if said.error is not None:
        notes.failure = notes.failure or said.error.message
        return None
    return Numbers(said.value if said.value is not None else math.nan, said.gradient)


@dataclass(slots=True)
class _Notes:
    """What is remarkable about a witness; ``fault`` is known before it is heard."""

    failure: str = ""
    failed: dict[str, str] = field(default_factory=dict)
    absent: dict[str, None] = field(default_factory=dict)
    excused: bool = True
    fault: str = ""
    silent: str = ""


def _hear(
    name: str,
    index: int,
    case: Case,
    numbers: Numbers,
    model: Arithmetic,
    tallies: dict[str, Tally],
    notes: _Notes,
) -> None:
    """Judge a witness at one point."""
    kind = WITNESSES[name]
    # Of a target's own derivatives only they are what the witness says.
    is_target = kind.way == "target"
    key = kind.host if is_target else name
    for output in case.truth.cells:
        if output.startswith("hessian:") or (is_target and output == "value"):
            continue
        tally = tallies.setdefault(output, Tally())
        try:
            wanted_rows = case.expected(key, output)
            said = list(pairs(numbers, output, wanted_rows, model, is_summed=key in case.of_sum))
        except LookupError:
            notes.absent[output] = None
            continue
        except ValueError as error:
            tally.failures.append(str(error))
            continue
        for row, (got, wanted) in enumerate(said):
            one = judge(got, wanted, model)
            # Where there is no derivative nobody is wrong about it.
            none_there = output != "value" and (wanted.state != "finite" or case.truth.kinks)
            if one.status == "disagree" and none_there:
                one = replace(one, status="inconclusive", share=0.0)
            tally.judgements.append((index, row, one))
            if one.status != "disagree":
                continue
            if wanted.state == "finite" and not math.isfinite(got):
                notes.failed.setdefault(output, f"{output} is {got} where it is {one.expected!r}")
            elif output != "value" and not case.confirmation.confirms(output, row):
                notes.excused = False


def _witness_report(name: str, tallies: dict[str, Tally], notes: _Notes) -> SourceReport:
    outputs: list[OutputReport] = []
    for output, tally in tallies.items():
        if not tally.judgements and not tally.failures:
            continue
        report = tally.report(output)
        finite = [
            j for j in tally.judgements if math.isfinite(j[2].got) or j[2].status != "disagree"
        ]
        if output in notes.failed and not any(j[2].status == "disagree" for j in finite):
            report = OutputReport(output, "failed", report.max_error_ulp, report.worst)
        outputs.append(report)
    found = {report.status for report in outputs}
    if "disagree" in found:
        detail = "its numbers are outside the bound; the oracle's quotients side with gradc"
        if notes.excused and notes.fault:
            detail = f"{notes.fault}; the oracle's quotients side with gradc"
        detail = detail if notes.excused else "its numbers are outside the bound"
        return SourceReport(
            name, "witness", "disagree", tuple(outputs), detail, excused=notes.excused
        )
    if "failed" in found or notes.failure:
        detail = notes.failure or next(iter(notes.failed.values()))
        return SourceReport(name, "witness", "failed", tuple(outputs), detail)
    if not outputs:
        return SourceReport(name, "witness", "unsupported", (), "it has no numbers")
    error = max((report.worst.error_ulp for report in outputs if report.worst), default=0.0)
    detail = "; ".join(part for part in (_loss(error), notes.silent) if part)
    if notes.absent:
        detail = "; ".join(
            part for part in (detail, f"it has no {', '.join(notes.absent)}") if part
        )
    return SourceReport(name, "witness", overall(outputs), tuple(outputs), detail)


def _loss(error_ulp: float) -> str:
    """How many decimal digits an error costs."""
    digits = math.floor(math.log10(error_ulp)) if 10 <= error_ulp < math.inf else 0
    return f"loses {digits} digit{'' if digits == 1 else 's'}" if digits else ""


def oracle_source(cases: Sequence[Case], dtype: str) -> SourceReport:
    """Whether gradc's derivatives, evaluated without rounding, are the derivatives."""
    model = arithmetic("oracle", dtype)
    outputs: list[OutputReport] = []
    names = list(dict.fromkeys(name for case in cases for name in case.confirmation.findings))
    for name in names:
        found = [f for case in cases for f in case.confirmation.findings.get(name, ())]
        status: SourceStatus = "agree" if "confirmed" in found else "inconclusive"
        worst = _contradiction(name, cases, model)
        if worst is not None:
            status = "disagree"
        outputs.append(OutputReport(name, status, 0.0 if worst is None else worst.error_ulp, worst))
    # Without parameters there is nothing to confirm.
    nothing = bool(cases) and not names
    status = "agree" if nothing else overall(outputs)
    detail = ""
    if status == "disagree":
        detail = "the derivatives that gradc found are not those of the value"
    elif status == "inconclusive":
        unsure = [report.output for report in outputs if report.status == "inconclusive"]
        detail = f"no quotient could be had for {', '.join(unsure)}" if unsure else ""
    return SourceReport("oracle", "oracle", status, tuple(outputs), detail)


def _contradiction(name: str, cases: Sequence[Case], model: Arithmetic) -> Worst | None:
    """The first place where a quotient contradicts."""
    for index, case in enumerate(cases):
        for (output, row), quotient in case.confirmation.corrected.items():
            if output != name:
                continue
            claimed = case.claimed.cells[output][row]
            error = float(abs(claimed - quotient).upper() / ulp_of(quotient, model))
            got, expected = float(claimed.mid()), float(quotient.mid())
            return Worst(index, output, row, got, expected, 0.0, error, 0.0, "quotient")
    return None
