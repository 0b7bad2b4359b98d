"""Every witness in its real toolchain: R's deriv, numDeriv, TMB, TensorFlow, SymPy, NumPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import ToolchainError, run
from gradc.run.host_r import missing_package
from gradc.run.worker import ProgramError
from gradc.verify import WITNESSES, Report

LOGISTIC = "(y - 1/(1 + exp(-(a + b*x))))^2"
IN_R = ("r-deriv", "numderiv")


def said(report: Report, name: str) -> dict[str, Any]:
    (found,) = [item for item in report.to_json()["sources"] if item["name"] == name]
    return found


def heard(text: str, *wrt: str, at: Any = None, points: int = 4) -> Report:
    model = compile_model(text, wrt=list(wrt), at=at)
    return model.verify("r", witnesses=IN_R, points=points, at=at)


def test_every_witness_agrees_on_the_logistic_curve() -> None:
    report = compile_model(LOGISTIC, wrt=["a", "b"]).verify("all", points=3)
    kinds = {source.name: source for source in report.sources if source.kind == "witness"}
    assert list(kinds) == list(WITNESSES)
    assert {source.status for source in kinds.values()} == {"agree"}
    assert report.verdict == "agree"


def test_a_witness_asked_for_by_name_runs_without_its_target() -> None:
    model = compile_model(LOGISTIC, wrt=["a", "b"])
    report = model.verify("numpy", witnesses=["sympy-diff", "r-deriv", "numderiv"], points=2)
    assert [(s.name, s.kind, s.status) for s in report.sources] == [
        ("numpy", "emitted", "agree"),
        ("r-deriv", "witness", "agree"),
        ("sympy-diff", "witness", "agree"),
        ("numderiv", "witness", "agree"),
        ("oracle", "oracle", "agree"),
    ]


def test_witnesses_of_toolchains_that_no_target_uses_are_left_out() -> None:
    report = compile_model(LOGISTIC, wrt=["a", "b"]).verify("numpy", points=2)
    names = [source.name for source in report.sources if source.kind == "witness"]
    assert names == ["complex-step", "taylor"]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("dnorm(x, m, s)", "dnorm"),
        ("-sum(dnorm(x, m, s, log = TRUE))", "dnorm"),
        ("pnorm(x, m, s)", "pnorm"),
    ],
)
def test_what_r_itself_gets_wrong_is_said_to_be_its_fault(text: str, function: str) -> None:
    report = heard(text, "m", "s", at={"m": 1.3, "s": 0.8, "x": [0.2, 2.0, 3.1]})
    found = said(report, "r-deriv")
    assert found["status"] == "disagree"
    assert found["detail"].startswith(f"R's own deriv drops the arguments of {function};")
    assert "side with gradc" in found["detail"]
    assert report.verdict == "agree"
    assert report.exit_code() == 0


def test_what_r_gets_right_of_dnorm_agrees() -> None:
    assert said(heard("dnorm(a*x)", "a"), "r-deriv")["status"] == "agree"


def test_a_variable_that_deriv_overwrites_is_named() -> None:
    at = {".grad": 1.5, "b": 0.3, "x": [1.0, 2.0]}
    found = said(heard("`.grad`*exp(-b*x)", ".grad", "b", at=at, points=1), "r-deriv")
    assert found["status"] in ("failed", "disagree")
    assert "overwrites the variable '.grad'" in found["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "sum((y - a*exp(-b*x))^2)",
        "mean((y - a*exp(-b*x))^2)",
        "sum((y - a*x)^2)/(2*b^2) + length(y)*log(b)",
        "-(3*sum(a*x) - b*sum(y)/a)",
        "y ~ a*x/(b + x)",
        "lgamma(exp(a)) + digamma(exp(b))*trigamma(2 + x^2)",
    ],
)
def test_deriv_agrees_on_sums_and_rows(text: str) -> None:
    at = {"a": 1.2, "b": 0.7, "x": [0.5, 1.5, 4.0], "y": [1.0, 2.0, 1.5]}
    report = heard(text, "a", "b", at=at)
    assert [said(report, name)["status"] for name in IN_R] == ["agree", "agree"]


def test_elements_of_a_vector_are_names_to_deriv() -> None:
    at = {"b": [1.0, -0.3], "x": [1.0, 2.0, 4.0], "y": [1.0, 3.0, 2.0]}
    report = heard("sum((y - b[1]*exp(b[2]*x))^2)", "b", at=at)
    assert [said(report, name)["status"] for name in IN_R] == ["agree", "agree"]


def test_numderiv_reports_its_own_error_and_never_decides() -> None:
    found = said(heard("exp(a*x)", "a"), "numderiv")
    assert found["status"] == "agree"
    assert found["worst"]["bound_method"] == "Richardson"
    assert abs(found["worst"]["got"] - found["worst"]["expected"]) <= found["worst"]["bound"]
    # At a kink no difference says which side is meant.
    report = heard("abs(a)*x", "a", at={"a": 0.0, "x": 1.0}, points=0)
    assert said(report, "numderiv")["status"] == "inconclusive"
    assert report.verdict != "disagree"


def test_without_its_package_numderiv_is_missing() -> None:
    model = compile_model(LOGISTIC, wrt=["a", "b"])
    subject = subject_of(model, ["r"], ["numderiv"], "float64", hessian=False)
    program = subject.hearing.programs["numderiv"]
    (file,) = program.files
    text = program.files[file].replace('"numDeriv"', '"numDerivAbsent"')
    (answer,) = run(
        replace(program, files={file: text}), [{"a": 1.0, "b": 2.0, "x": [0.5], "y": [1.0]}]
    )
    assert isinstance(answer, ToolchainError)
    assert answer.code == "G401"
    assert answer.message == "the R package numDeriv is missing"
    assert answer.remedy is not None
    assert "r-cran-numderiv" in answer.remedy
    assert isinstance(missing_package(ProgramError("R: something else")), ProgramError)
