"""Judgement and advice at given points, the table, and which engine suits which model."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradc.fitting import ENGINES, Fit, Problem, best, problem
from gradc.fitting.advice import advice, at_start
from gradc.fitting.engines import chosen
from gradc.fitting.judge import Judge
from gradc.fitting.search import compared
from gradc.fitting.table import remarks
from gradc.model import compile as compile_model
from gradc.run import FitAnswer, ToolchainError

X = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
Y = np.array([3.1, 1.9, 1.4, 1.2, 1.1])
DECAY = "sum((y - a*exp(-b*x))^2)"


def decay(text: str = DECAY, **start: float) -> Problem:
    model = compile_model(text, wrt=["a", "b"])
    return problem(model, {"x": X.tolist(), "y": Y.tolist()}, {"a": 3.0, "b": 0.4, **start})


def answer(par: list[float], **more: Any) -> FitAnswer:
    whole: dict[str, Any] = {
        "par": par,
        "se": None,
        "se_kind": "hessian",
        "objective": 0.0,
        "functions": 1,
        "gradients": 1,
        "seconds": 0.0,
        "message": "",
        "claimed": False,
        "path": [],
    }
    return FitAnswer(**{**whole, **more})


def test_the_offset_is_that_of_nls() -> None:
    a, b = 2.9, 0.37
    found = Judge(decay())([a, b])
    residual = Y - a * np.exp(-b * X)
    slopes = np.column_stack([np.exp(-b * X), -a * X * np.exp(-b * X)])
    q, _ = np.linalg.qr(slopes)
    taken = q.T @ residual
    rest = residual - q @ taken
    expected = np.sqrt(taken @ taken / 2) / np.sqrt(rest @ rest / 3)
    assert found.offset == pytest.approx(expected, rel=1e-6)
    gradient = -2 * slopes.T @ residual
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-12)
    norm = max(abs(gradient[0]) * a, abs(gradient[1])) / max(residual @ residual, 1.0)
    assert found.norm == pytest.approx(norm, rel=1e-12)
    assert not found.converged


def test_the_offset_does_not_know_scales() -> None:
    large = decay("sum((y - a*exp(-b*x/1e6))^2)", b=0.37e6, a=2.9)
    assert Judge(large)(large.start).offset == pytest.approx(
        Judge(decay())([2.9, 0.37]).offset, rel=1e-6
    )


def test_a_point_that_is_no_number_is_not_converged() -> None:
    task = decay("sum((y - log(a*x + b))^2)")
    found = Judge(task)([-1.0, -1.0])
    assert math.isnan(found.value)
    assert not found.converged
    said = advice(task, answer([-1.0, -1.0]), found)
    assert said == ("the search left the model's domain: bounds or another start keep it inside",)


BOUNDED = "DATA_VECTOR(y)\nPARAMETER(m, 0, lower = -1, upper = 1)\n-sum(dnorm(y, m, 1, log = TRUE))"


@pytest.mark.parametrize(("y", "at", "is_held"), [(2.0, 1.0, True), (0.5, 1.0, False)])
def test_a_bound_holds_only_against_the_gradient(y: float, at: float, is_held: bool) -> None:
    task = problem(compile_model(BOUNDED), {"y": [y]})
    found = Judge(task)([at])
    assert found.held == (is_held,)
    assert found.converged == is_held


def test_advice_names_what_is_wrong() -> None:
    task = decay()
    judge = Judge(task)
    far = judge([1.0, 1.0])
    (limit,) = advice(task, answer([1.0, 1.0], message="iteration limit reached"), far)
    assert "ran out of steps" in limit
    (early,) = advice(task, answer([1.0, 1.0], claimed=True), far)
    assert "stopped early" in early
    scales = advice(task, answer([1e-9, 1e9]), judge([1e-9, 1e9]))
    assert any("differ in scale by 1e+18 ('b' and 'a')" in line for line in scales)


def test_advice_for_a_value_of_rows_that_is_no_square() -> None:
    task = decay("a*x/(b + x) - y")
    said = advice(task, answer([2.0, 2.0]), Judge(task)([2.0, 2.0]))
    assert any("--response NAME" in line for line in said)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(log(a*x)) + sum((y - b)^2)", "term of row 1 is -inf"),
        ("-sum(log(y - a)) + b^2", "term of row 2 is nan, and 3 more are not finite"),
        ("sum((y - a*sqrt(x*(b - 0.4)))^2)", "the derivative by 'b' is not finite at the start"),
        ("log(a - 4)*b", "the objective is nan at the start"),
    ],
)
def test_what_is_wrong_with_a_start(text: str, message: str) -> None:
    said = at_start(Judge(decay(text)))
    assert said is not None
    assert message in said


def test_engines_by_name_each_once() -> None:
    assert [engine.name for engine in chosen(["nls", "scipy", "nls"])] == ["nls", "scipy"]
    assert [engine.name for engine in chosen(["all"])] == list(ENGINES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DECAY, None),
        ("y ~ a*exp(-b*x)", None),
        ("sum(abs(y - a*exp(-b*x)))", "this objective is none"),
        ("mean((y - a*exp(-b*x))^2)", "this objective is none"),
    ],
)
def test_nls_is_for_plain_sums_of_squares(text: str, reason: str | None) -> None:
    engine = ENGINES["nls"]
    found = [check(compile_model(text, wrt=["a", "b"])) for check in engine.unsuited]
    said = next((line for line in found if line is not None), None)
    assert (said is None) == (reason is None)
    assert reason is None or reason in (said or "")


def test_the_best_is_a_converged_one() -> None:
    fits = [
        Fit("scipy", "converged", objective=2.0),
        Fit("optimr", "not converged", objective=1.0),
        Fit("nls", "converged", objective=1.5),
        Fit("tmb", "missing", error=ToolchainError("G401", "no TMB", "install it")),
    ]
    winner = best(fits)
    assert winner is not None
    assert winner.engine == "nls"
    assert best(fits[1:2]) is None
    assert remarks(fits) == ["tmb: no TMB; install it"]


def test_a_claim_is_not_believed() -> None:
    fit = Fit("optimr", "not converged", claimed=True, gradient_norm=0.25)
    assert fit.verdict == "claims convergence, but the gradient is 2.5e-01"
    assert "singular" in replace(fit, singular=True).verdict
    assert replace(fit, claimed=False).verdict == "not converged"


def test_another_optimum_is_said() -> None:
    fits = [
        Fit("scipy", "converged", objective=2.0),
        Fit("optimr", "converged", objective=2.0 + 1e-9),
        Fit("nlminb", "converged", objective=3.0),
        Fit("tmb", "not converged", objective=4.0),
    ]
    said = [len(fit.advice) for fit in compared(fits)]
    assert said == [0, 0, 1, 0]
    assert "another optimum than that of scipy" in compared(fits)[2].advice[0]
    assert compared(fits[3:]) == fits[3:]
