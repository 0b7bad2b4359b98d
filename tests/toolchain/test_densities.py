"""Densities on every target, in the middle, in the tails and at the edges; and against R's own."""

from __future__ import annotations

import json
import math
import subprocess
from typing import Any

import pytest
from densities import MULTINOMIAL, Point, logarithms, plain
from flint import arb, ctx

from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import run_tmb_batch
from gradc.verify import Report, assess, plan, true_values

LOGARITHMS = [pytest.param(*case, id=case[0]) for case in logarithms()]
PLAIN = [pytest.param(*case, id=case[0]) for case in plain()]
OTHERS = [pytest.param(call, list(at), [at], id=call) for call, at in MULTINOMIAL]
NOT_RS = ("dnbinom2", "dtweedie")
CASES = [*LOGARITHMS, *PLAIN, *OTHERS]


def built(call: str, wrt: list[str]) -> Model:
    return compile_model(call, wrt=wrt)


def trouble(report: Report, target: str) -> list[str]:
    """What a target said wrongly, or differently from the derivative's definition."""
    found = []
    for source in report.sources:
        if source.name in (target, "oracle") and source.status not in ("agree", "inconclusive"):
            worst = source.worst
            at = report.points[worst.point] if worst else ""
            found.append(f"{source.name} {source.status}: {source.detail} {worst} at {at}")
    return found


@pytest.mark.parametrize(("call", "wrt", "points"), CASES)
def test_numpy_agrees_within_the_bound(call: str, wrt: list[str], points: list[Point]) -> None:
    report = built(call, wrt).verify("numpy", witnesses="none", points=0, at=points)
    assert trouble(report, "numpy") == []


@pytest.mark.needs("r")
@pytest.mark.parametrize(("call", "wrt", "points"), CASES)
def test_r_agrees_within_the_bound(call: str, wrt: list[str], points: list[Point]) -> None:
    report = built(call, wrt).verify("r", witnesses="none", points=0, at=points)
    assert trouble(report, "r") == []


@pytest.mark.needs("tf")
@pytest.mark.parametrize(("call", "wrt", "points"), CASES)
def test_tf_agrees_within_the_bound(call: str, wrt: list[str], points: list[Point]) -> None:
    report = built(call, wrt).verify("tf", witnesses="none", points=0, at=points)
    assert trouble(report, "tf") == []


@pytest.fixture(scope="module")
def tmb_reports() -> dict[str, Report]:
    """All models in one compilation, each judged by itself."""
    prepared = {}
    for parameter in CASES:
        call, wrt, points = parameter.values
        one = built(call, wrt)
        subject = subject_of(one, ["tmb"], [], "float64", hessian=False)
        prepared[call] = plan(subject, [one.complete(point) for point in points], 0)
    programs = [each.subject.emitted["tmb"].program for each in prepared.values()]
    points = [[case.point for case in each.cases] for each in prepared.values()]
    found = run_tmb_batch(programs, points)
    return {
        call: assess(each, {"tmb": answer})
        for (call, each), answer in zip(prepared.items(), found, strict=True)
    }


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
@pytest.mark.parametrize("call", [parameter.values[0] for parameter in CASES])
def test_tmb_agrees_within_the_bound(call: str, tmb_reports: dict[str, Report]) -> None:
    assert trouble(tmb_reports[call], "tmb") == []


@pytest.fixture(scope="module")
def rs_own() -> dict[str, list[float]]:
    """R's own densities at all points, in one process."""
    lines = ["answers <- list()"]
    for parameter in LOGARITHMS:
        call, _, points = parameter.values
        if call.startswith(NOT_RS):
            continue
        columns = ", ".join(
            f"{name} = c({', '.join(point[name].hex() for point in points)})" for name in points[0]
        )
        lines.append(f"answers[['{call}']] <- suppressWarnings(with(list({columns}), {call}))")
    lines.append("cat(jsonlite::toJSON(lapply(answers, sprintf, fmt = '%.17g')))")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return {call: list(map(float, row)) for call, row in json.loads(done.stdout).items()}


# R's own dweibull() takes the logarithm of a power that has underflowed or overflowed.
GIVES_UP = {"dweibull(x, a, s, log = TRUE)", "dcauchy(x, m, s, log = TRUE)"}
# R's dnbinom() leaves out mu^2/(2 size) where x is below 1e-10 size, and dpois() and what goes
# by way of it is off by x times the rounding unit.
COARSE = 1e-8


@pytest.mark.needs("r")
@pytest.mark.parametrize(
    ("call", "wrt", "points"), [p for p in LOGARITHMS if not str(p.id).startswith(NOT_RS)]
)
def test_the_true_values_are_rs(
    call: str, wrt: list[str], points: list[Point], rs_own: dict[str, list[float]]
) -> None:
    function = built(call, wrt).stages.value
    wrong: list[Any] = []
    for point, number in zip(points, rs_own[call], strict=True):
        (cell,) = true_values(function, point).cells["value"]
        if not (math.isfinite(number) and cell.is_finite()):
            if call not in GIVES_UP and arb(number) != cell:
                wrong.append((point, number, cell))
            continue
        with ctx.workprec(200):
            if not abs(arb(number) - cell) <= (abs(cell) + 1) * arb(COARSE):
                wrong.append((point, number, cell))
    assert wrong == []
