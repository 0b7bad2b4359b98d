"""Distribution functions and quantiles on every target, and against R's own."""

from __future__ import annotations

import math
import subprocess
from typing import Any

import pytest
from distributions import SHAPED, Case, closed_cases, quantile_cases
from flint import arb, ctx

from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import run_tmb_batch
from gradc.verify import Report, assess, plan, true_values

R_LOSES = {("qweibull(p, k, s, log.p = TRUE)", -1e3), ("qf(p, m, n, log.p = TRUE)", -60.0)}
"""Where R's own answer is wrong: exp(p) underflows inside of it, or 1/x - 1 cancels."""
CASES: list[Case] = [*closed_cases(), *quantile_cases(), *quantile_cases(SHAPED)]

TARGETS = ["numpy", *(pytest.param(t, marks=pytest.mark.needs(t)) for t in ("r", "tf"))]


def verdicts(report: Report) -> list[Any]:
    return [source for source in report.sources if source.kind == "emitted"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_value_and_gradient_are_within_the_bound(case: Case, target: str) -> None:
    call, rows = case
    model = compile_model(call, wrt=list(rows[0]))
    report = model.verify(target, witnesses="none", points=0, at=rows)
    (source,) = verdicts(report)
    assert source.status == "agree", source


@pytest.fixture(scope="module")
def tmb_reports() -> list[Report]:
    prepared = []
    for call, rows in CASES:
        model = compile_model(call, wrt=list(rows[0]))
        subject = subject_of(model, ["tmb"], [], "float64", hessian=False)
        prepared.append(plan(subject, [model.complete(row) for row in rows], 0))
    programs = [one.subject.emitted["tmb"].program for one in prepared]
    at = [[case.point for case in one.cases] for one in prepared]
    answers = run_tmb_batch(programs, at)
    return [assess(one, {"tmb": answer}) for one, answer in zip(prepared, answers, strict=True)]


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda k: CASES[k][0])
def test_tmb_is_within_the_bound(place: int, tmb_reports: list[Report]) -> None:
    (source,) = verdicts(tmb_reports[place])
    assert source.status == "agree", source


def r_values() -> list[float]:
    """What R makes of every case, in one process."""
    lines = ["show <- function(x) cat(sprintf('%a', as.numeric(x)), '\\n')"]
    for call, rows in CASES:
        for row in rows:
            given = ", ".join(f"{name} = {value!r}" for name, value in row.items())
            lines.append(f"with(list({given}), show({call}))")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    texts = done.stdout.split()
    return [
        math.nan if t in ("NaN", "NA") else float.fromhex(t.replace("Inf", "inf")) for t in texts
    ]


@pytest.mark.needs("r")
def test_values_are_rs() -> None:
    answers = iter(r_values())
    wrong = []
    for call, rows in CASES:
        model = compile_model(call, wrt=list(rows[0]))
        # R takes 1 from 1/x where x, a beta quantile, is near 1.
        digits = "1e-6" if call.startswith("qf(") else "1e-11"
        for row in rows:
            answer = next(answers)
            (cell,) = true_values(model.stages.value, row).cells["value"]
            with ctx.workprec(200):
                same = abs(arb(answer) - cell) <= abs(cell) * arb(digits) + arb("1e-320")
            if not same and (call, row.get("p", 0)) not in R_LOSES and float(cell) != answer:
                wrong.append(f"{call} at {row}: {cell.str(17)}, R says {answer!r}")
    assert wrong == []
