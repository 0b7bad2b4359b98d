"""Every row of the case files that uses this release's functions, on every target."""

from __future__ import annotations

import re
from typing import Any

import pytest
from corpora import FORMULAS, answers, model, point, rows, supported, text, truth_differs

from gradc.errors import GradcError
from gradc.model.verification import subject_of
from gradc.run import run_tmb_batch
from gradc.verify import Report, assess, plan

ROWS = supported(*FORMULAS)

# At these points the row's own answer is a convention of its own, or is none: see its notes.
UNDEFINED = {"nasty_mask_nan_1": "the value is NaN: log(-1); a derivative of it has no meaning"}


@pytest.mark.parametrize("row", ROWS)
def test_true_value_and_gradient_are_the_rows(row: dict[str, Any]) -> None:
    if row["id"] in UNDEFINED:
        assert answers(row)["value"][0] == ["NaN"]
        return
    assert truth_differs(row, model(row)) == []


@pytest.mark.parametrize("row", ROWS)
def test_numpy_agrees_within_the_bound(row: dict[str, Any]) -> None:
    report = model(row).verify("numpy", witnesses="none", points=0, at=point(row))
    (source,) = [source for source in report.sources if source.kind == "emitted"]
    assert source.status in ("agree", "inconclusive"), source


def functions(row: dict[str, Any]) -> set[str]:
    return set(re.findall(r"([A-Za-z][\w.]*)\s*\(", text(row)))


MODELS = {row["id"] for row in rows("2_nist_strd", "3_selfstart", "10_rmodels")}


def one_row_a_function() -> list[Any]:
    """All models with data, and of the other files a row for each function."""
    seen: set[str] = set()
    chosen = []
    for parameter in ROWS:
        (row,) = parameter.values
        if row["id"] in MODELS or functions(row) - seen:
            seen |= functions(row)
            chosen.append(parameter)
    return chosen


@pytest.mark.needs("r")
@pytest.mark.parametrize("row", one_row_a_function())
def test_r_agrees_within_the_bound(row: dict[str, Any]) -> None:
    verify_on("r", row)


@pytest.mark.needs("tf")
@pytest.mark.parametrize("row", one_row_a_function())
def test_tf_agrees_within_the_bound(row: dict[str, Any]) -> None:
    verify_on("tf", row)


# SymPy takes a quarter of a minute for 31 sums of 29 terms, and does not take many rows of data.
SMALL = [
    parameter
    for parameter in one_row_a_function()
    if parameter.values[0]["id"] not in MODELS and "watson" not in parameter.values[0]["id"]
]


@pytest.mark.needs("sympy")
@pytest.mark.parametrize("row", SMALL)
def test_sympy_agrees_within_one_rounding(row: dict[str, Any]) -> None:
    verify_on("sympy", row)


def verify_on(target: str, row: dict[str, Any]) -> None:
    built = model(row)
    if target == "tf" and "bessel" in text(row):
        with pytest.raises(GradcError, match="G303"):  # TensorFlow has no such function
            built.emit(target)
        return
    report = built.verify(target, witnesses="none", points=0, at=point(row))
    (source,) = [source for source in report.sources if source.kind == "emitted"]
    assert source.status in ("agree", "inconclusive"), source


@pytest.fixture(scope="module")
def tmb_reports() -> dict[str, Report]:
    """All rows in one compilation, each judged by itself."""
    built = {}
    for parameter in one_row_a_function():
        (row,) = parameter.values
        one = model(row)
        subject = subject_of(one, ["tmb"], [], "float64", hessian=False)
        built[row["id"]] = plan(subject, [one.complete(point(row))], 0)
    programs = [prepared.subject.emitted["tmb"].program for prepared in built.values()]
    points = [[case.point for case in prepared.cases] for prepared in built.values()]
    found = run_tmb_batch(programs, points)
    return {
        name: assess(prepared, {"tmb": answer})
        for (name, prepared), answer in zip(built.items(), found, strict=True)
    }


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
@pytest.mark.parametrize("row", one_row_a_function())
def test_tmb_agrees_within_the_bound(row: dict[str, Any], tmb_reports: dict[str, Report]) -> None:
    (source,) = [s for s in tmb_reports[row["id"]].sources if s.kind == "emitted"]
    assert source.status in ("agree", "inconclusive"), source
