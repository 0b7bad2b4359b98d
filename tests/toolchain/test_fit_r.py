"""Fits by the engines of R and by TMB: what glm() and nls() of R itself say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import gradc
from tests.support.fits import DECAY, EXAMPLES, NEAR, RNG, X, Y, asked, columns, vector

pytestmark = pytest.mark.needs("r", "optimx")


def agree(found: gradc.Fit, expected: list[list[float]], digits: float = 6) -> None:
    """Estimates and standard errors are the expected ones."""
    assert found.converged, (found.error, found.advice)
    assert found.se is not None
    np.testing.assert_allclose(found.par, expected[0], rtol=10**-digits)
    np.testing.assert_allclose(found.se, expected[1], rtol=10**-digits)


GLM = ("coef(fit)", "sqrt(diag(vcov(fit)))")


@pytest.fixture(scope="module")
def logistic() -> list[list[float]]:
    data = columns("logistic_glm.json")
    rows = ", ".join(vector(row) for row in data["X"])
    code = [f"y <- {vector(data['y'])}", f"X <- rbind({rows})"]
    code.append("fit <- glm(y ~ X - 1, family = binomial, control = list(epsilon = 1e-14))")
    return asked(code, *GLM)


@pytest.mark.needs("tmb")
@pytest.mark.parametrize("engine", ["optimr", "nlminb", "tmb"])
def test_logistic_regression_is_that_of_glm(engine: str, logistic: list[list[float]]) -> None:
    data = columns("logistic_glm.json")
    model = gradc.compile(EXAMPLES / "logistic_glm.txt", at=data)
    agree(gradc.fit(model, data, engine), logistic)


@pytest.fixture(scope="module")
def poisson() -> list[list[float]]:
    data = columns("poisson_glm.csv")
    code = [f"{name} <- {vector(values)}" for name, values in data.items()]
    code.append("fit <- glm(events ~ dose + age + offset(log(time)), family = poisson,")
    code.append("  control = list(epsilon = 1e-14))")
    return asked(code, *GLM)


@pytest.mark.needs("tmb")
@pytest.mark.parametrize("engine", ["optimr", "nlminb", "tmb"])
def test_poisson_regression_is_that_of_glm(engine: str, poisson: list[list[float]]) -> None:
    model = gradc.compile(EXAMPLES / "poisson_glm.txt")
    found = gradc.fit(model, columns("poisson_glm.csv"), engine)
    agree(found, poisson)
    assert found.se_kind == ("sdreport" if engine == "tmb" else "hessian")


NLS = ("coef(fit)", 'summary(fit)$coefficients[, "Std. Error"]')


def nls(formula: str, data: Mapping[str, Any], start: Mapping[str, float]) -> list[list[float]]:
    """What nls() itself says."""
    given = ", ".join(f"{name} = {value!r}" for name, value in start.items())
    code = [f"{name} <- {vector(values)}" for name, values in data.items()]
    control = "nls.control(tol = 1e-7, maxiter = 200)"
    code.append(f"fit <- nls({formula}, start = list({given}), control = {control})")
    return asked(code, *NLS)


GROWTH = {"age": [1, 2, 3, 4, 5, 6], "height": [4.1, 7.2, 9.8, 11.6, 12.7, 13.5]}


@pytest.mark.parametrize("engine", ["optimr", "nlminb", "nls"])
def test_the_growth_curve_is_that_of_nls(engine: str) -> None:
    model = gradc.compile(EXAMPLES / "growth_nls.R")
    found = gradc.fit(model, GROWTH, engine)
    start = {"top": 15, "rate": 0.3}
    agree(found, nls("height ~ top * (1 - exp(-rate * age))", GROWTH, start))
    assert found.se_kind == "least squares"
    assert found.path[0] == (15.0, 0.3)


@pytest.mark.parametrize("engine", ["optimr", "nlminb", "nls"])
def test_a_response_may_be_a_function_of_data(engine: str) -> None:
    data = {"x": X, "y": np.abs(Y)}
    found = gradc.fit(gradc.compile("log(y) ~ a + b*x^c", wrt=["a", "b", "c"]), data, engine, S3)
    agree(found, nls("log(y) ~ a + b*x^c", data, S3), digits=5)


S3 = {"a": 1.0, "b": -1.0, "c": 1.0}


@pytest.mark.parametrize("names", [("c", "data"), ("par", "goal"), ("NAME", "observed")])
def test_names_of_the_script_are_free_for_the_user(names: tuple[str, str]) -> None:
    first, second = names
    text = f"LIST ~ {first}*exp(-{second}*`x.1 y`)"
    model = gradc.compile(text, wrt=names)
    found = gradc.fit(model, {"x.1 y": X, "LIST": Y}, "nls", {first: 1, second: 1})
    expected = gradc.fit(gradc.compile(DECAY, wrt=["a", "b"]), {"x": X, "y": Y}, "nls", NEAR)
    assert found.par == expected.par
    assert found.se == expected.se


BOUNDED = """
DATA_VECTOR(y)
DATA_VECTOR(x)
PARAMETER(a, 1)
PARAMETER(b, 1, lower = 0.6)
sum((y - a*exp(-b*x))^2)
"""


@pytest.mark.needs("tmb")
@pytest.mark.parametrize("engine", ["optimr", "nlminb", "nls", "tmb"])
def test_a_bound_holds_and_the_rest_is_fitted(engine: str) -> None:
    found = gradc.fit(gradc.compile(BOUNDED), {"x": X, "y": Y}, engine)
    basis = np.exp(-0.6 * X)
    a = basis @ Y / (basis @ basis)
    error = math.sqrt(np.sum((Y - a * basis) ** 2) / (len(X) - 1) / (basis @ basis))
    assert found.converged
    assert found.se is not None
    assert found.par == pytest.approx((a, 0.6), rel=1e-9)
    assert found.se[0] == pytest.approx(error, rel=1e-9)
    assert math.isnan(found.se[1])


MATRIX = """
DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER_MATRIX(B, matrix(c(0, 0, 0, 1, 1, 1), 3, 2))
v <- X %*% B %*% c(1, 2)
sum((y - v)^2) + 0.5*sum(B^2)
"""


@pytest.mark.needs("tmb")
@pytest.mark.parametrize("engine", ["optimr", "nlminb", "tmb"])
def test_matrices_go_by_columns(engine: str) -> None:
    design = RNG.normal(size=(30, 3))
    found = gradc.fit(gradc.compile(MATRIX), {"X": design, "y": Y}, engine)
    whole = np.hstack([design, 2 * design])
    expected = np.linalg.solve(2 * whole.T @ whole + np.eye(6), 2 * whole.T @ Y)
    assert found.converged
    np.testing.assert_allclose(found.par, expected, rtol=1e-9)


def test_singular_derivatives_are_said_by_nls_and_are_no_fit() -> None:
    model = gradc.compile("y ~ (a + d)*exp(-b*x)", wrt=["a", "b", "d"])
    found = gradc.fit(model, {"x": X, "y": Y}, "nls", {**NEAR, "d": 1.0})
    assert not found.converged
    assert "singular gradient" in found.message
    assert not found.claimed


# ---- random effects


def laplace(data: Mapping[str, Any], theta: Sequence[float]) -> float:
    """The marginal likelihood of the example glmm, each group by Laplace's approximation."""
    b0, b1, log_sd = theta
    y, x, group = (np.array(data[name]) for name in ("y", "x", "group"))
    variance = math.exp(2 * log_sd)
    total = 0.0
    for number in np.unique(group):
        ours = group == number
        eta, u = b0 + b1 * x[ours], 0.0
        for _ in range(100):
            p = 1 / (1 + np.exp(-eta - u))
            u += (np.sum(y[ours] - p) - u / variance) / (np.sum(p * (1 - p)) + 1 / variance)
        p = 1 / (1 + np.exp(-eta - u))
        loss = np.sum(np.log1p(np.exp(eta + u)) - y[ours] * (eta + u)) + u * u / variance / 2
        total += loss + log_sd + 0.5 * math.log(np.sum(p * (1 - p)) + 1 / variance)
    return total


@pytest.mark.needs("tmb")
def test_random_effects_are_integrated_over() -> None:
    data = columns("glmm.csv")
    found = gradc.fit(gradc.compile(EXAMPLES / "glmm.txt"), data, "tmb")
    assert found.converged
    assert found.marginal
    theta = np.array(found.par[50:])
    assert found.objective == pytest.approx(laplace(data, theta), rel=1e-12)
    for k in range(3):
        step = np.eye(3)[k] * 1e-4
        slope = laplace(data, theta + step) - laplace(data, theta - step)
        assert abs(slope) / 2e-4 < 1e-6
    hessian = np.array([[curvature(data, theta, i, j) for j in range(3)] for i in range(3)])
    assert found.se is not None
    errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
    np.testing.assert_allclose(found.se[50:], errors, rtol=1e-4)
    deviation = found.reported["sd"]
    assert deviation["estimate"] == pytest.approx(math.exp(theta[2]), rel=1e-12)
    assert deviation["standard_error"] == pytest.approx(math.exp(theta[2]) * found.se[52], rel=1e-9)
    # The modes have errors too, smaller than the deviation that is assumed of them.
    assert 0 < min(found.se[:50]) < max(found.se[:50]) < math.exp(theta[2])


def curvature(data: Mapping[str, Any], theta: Any, i: int, j: int) -> float:
    step = 1e-3
    one, two = np.eye(3)[i] * step, np.eye(3)[j] * step
    around = [(one + two, 1), (one - two, -1), (two - one, -1), (-one - two, 1)]
    return sum(sign * laplace(data, theta + shift) for shift, sign in around) / (4 * step**2)


@pytest.mark.needs("tmb")
def test_a_hidden_process_has_the_likelihood_of_its_covariance() -> None:
    data = columns("ar1.csv")
    found = gradc.fit(gradc.compile(EXAMPLES / "ar1.txt"), data, "tmb")
    assert found.converged
    mu, logit_phi, log_sd_u, log_sd_y = found.par[-4:]
    y, phi = np.array(data["y"]), 1 / (1 + math.exp(-logit_phi))
    lag = np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y))))
    covariance = math.exp(2 * log_sd_u) / (1 - phi**2) * phi**lag
    covariance += math.exp(2 * log_sd_y) * np.eye(len(y))
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, y - mu)
    expected = (
        np.sum(np.log(np.diag(root))) + len(y) * math.log(2 * math.pi) / 2 + white @ white / 2
    )
    assert found.objective == pytest.approx(expected, rel=1e-10)
