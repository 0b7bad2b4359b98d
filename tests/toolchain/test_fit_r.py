"""Fits by the engines of R: what glm() and nls() of R itself say, and scripts that stand alone."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradc
from tests.support.rscript import printed_by_r

pytestmark = pytest.mark.needs("r", "optimx")

EXAMPLES = Path(__file__).parents[2] / "examples"
RNG = np.random.default_rng(7)
X = np.linspace(1, 5, 30)
Y = 2 * np.exp(-0.5 * X) + 0.01 * RNG.normal(size=30)
DECAY = "y ~ a*exp(-b*x)"
NEAR = {"a": 1.0, "b": 1.0}


def columns(name: str) -> dict[str, Any]:
    """The data of an example."""
    if name.endswith(".json"):
        return json.loads((EXAMPLES / name).read_text("utf-8"))  # type: ignore[no-any-return]
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [float(row[key]) for row in rows] for key in rows[0]}


def vector(values: Sequence[float]) -> str:
    """A vector of R, bit for bit."""
    return f"c({', '.join(float(value).hex() for value in values)})"


def asked(code: list[str], *expressions: str) -> list[list[float]]:
    """The values of expressions of R after some lines of code."""
    shown = [f'cat("values", sprintf("%a", {each}), "\\n")' for each in expressions]
    lines = [line.split() for line in printed_by_r([*code, *shown]).splitlines()]
    chosen = [line[1:] for line in lines if line[:1] == ["values"]]
    return [[math.nan if w == "NA" else float.fromhex(w) for w in line] for line in chosen]


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


# ---- scripts that stand alone


def written(model: gradc.Model, target: str, folder: Path) -> Path:
    for name, text in model.emit(target, with_fit=True).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def rscript(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["Rscript", "--vanilla", *arguments],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("engine", ["optimr", "nlminb", "nls"])
def test_the_script_gives_the_same_numbers_without_gradc(engine: str, tmp_path: Path) -> None:
    model = gradc.compile(DECAY, wrt=["a", "b"], name="decay")
    found = gradc.fit(model, {"x": X, "y": Y}, engine, NEAR)
    folder = tmp_path / "a folder"
    folder.mkdir()
    written(model, "r", folder)
    code = [f'source("{folder}/decay_fit.R")', f"d <- list(x = {vector(X)}, y = {vector(Y)})"]
    code.append(f'fit <- decay_fit(d, list(a = 1, b = 1), "{engine}")')
    par, errors, path, counts = asked(
        code, "fit$par", "fit$se", "t(fit$path)", "as.numeric(fit$counts)"
    )
    assert tuple(par) == found.par
    assert found.se == tuple(errors)
    assert path == [entry for point in found.path for entry in point]
    assert counts == [found.evaluations["function"], found.evaluations["gradient"]]


def test_the_script_is_a_program(tmp_path: Path) -> None:
    model = gradc.compile(DECAY, wrt=["a", "b"], name="decay")
    written(model, "r", tmp_path)
    rows = [f"{float(x)!r},{float(y)!r}" for x, y in zip(X, Y, strict=True)]
    (tmp_path / "data.csv").write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    done = rscript(
        Path("/"), f"{tmp_path}/decay_fit.R", f"{tmp_path}/data.csv", "nls", "a=1", "b=1"
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Estimate", "Std.", "Error", "t", "value", "Pr(>|t|)"]
    found = gradc.fit(model, {"x": X, "y": Y}, "nls", NEAR)
    for line, name, estimate in zip(lines[1:3], "ab", found.par, strict=True):
        assert line.split()[0] == name
        assert float(line.split()[1]) == pytest.approx(estimate, rel=1e-6)
    assert lines[-1].startswith("objective ")
    assert lines[-1].endswith("; converged")


def test_a_matrix_may_stand_in_columns(tmp_path: Path) -> None:
    data = columns("logistic_glm.json")
    model = gradc.compile(EXAMPLES / "logistic_glm.txt", at=data)
    written(model, "r", tmp_path)
    head = ["y", *(f"X.{k}" for k in range(1, 5))]
    rows = [[y, *row] for y, row in zip(data["y"], data["X"], strict=True)]
    text = "\n".join(",".join(map(str, row)) for row in [head, *rows])
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    done = rscript(tmp_path, "logistic_glm_fit.R", "data.csv", "nlminb")
    assert done.returncode == 0, done.stderr
    found = gradc.fit(model, data, "nlminb")
    shown = [float(line.split()[1]) for line in done.stdout.splitlines()[1:5]]
    np.testing.assert_allclose(shown, found.par, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data.csv", "nls"], "no starting value for a, b"),
        (["data.csv", "nls", "a=1"], "no starting value for b"),
        (["data.csv", "nls", "a=1", "b=1", "d=1"], "there is no parameter d"),
        (["none.csv"], "there is no file none.csv"),
        (["other.csv", "nls", "a=1", "b=1"], "the data have no y"),
        (["gaps.csv", "nls", "a=1", "b=1"], "y has missing values"),
        (["data.csv", "nls", "a=1", "b=-1e6"], "the objective is Inf at the starting values"),
        ([], "usage: Rscript decay_fit.R DATA [ENGINE] [parameter=value ...]"),
    ],
)
def test_wrong_input_is_said(arguments: list[str], said: str, tmp_path: Path) -> None:
    written(gradc.compile(DECAY, wrt=["a", "b"], name="decay"), "r", tmp_path)
    (tmp_path / "data.csv").write_text("x,y\n1,3\n2,2\n3,1\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("x,z\n1,3\n2,2\n3,1\n", encoding="utf-8")
    (tmp_path / "gaps.csv").write_text("x,y\n1,3\n2,\n3,1\n", encoding="utf-8")
    done = rscript(tmp_path, "decay_fit.R", *arguments)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_missing_package_is_said_with_the_command_that_mends_it(tmp_path: Path) -> None:
    written(gradc.compile(DECAY, wrt=["a", "b"], name="decay"), "r", tmp_path)
    (tmp_path / "data.csv").write_text("x,y\n1,3\n2,2\n3,1\n", encoding="utf-8")
    hidden = {"R_LIBS_SITE": str(tmp_path), "R_LIBS_USER": str(tmp_path)}
    arguments = ("data.csv", "optimr", "a=1", "b=1")
    done = rscript(tmp_path, "decay_fit.R", *arguments, **hidden)
    assert done.returncode == 1
    assert 'optimr() needs the package optimx: install.packages("optimx")' in done.stderr
    assert rscript(tmp_path, "decay_fit.R", "data.csv", "nls", *arguments[2:], **hidden).stdout


@pytest.mark.needs("tmb")
def test_the_script_of_tmb_stands_alone(tmp_path: Path) -> None:
    model = _random_intercept()
    found = gradc.fit(model, GROUPS, "tmb")
    written(model, "tmb", tmp_path)
    y, group = vector(GROUPS["y"]), vector(GROUPS["group"])
    code = [f'setwd("{tmp_path}")', 'source("intercept_tmb_fit.R")']
    code += [f"d <- list(y = {y}, group = {group})", "sink(stderr())"]
    code += ['fit <- intercept_tmb_fit(d, flags = "-O0 -g0")', "sink()"]
    code.append(
        'fixed <- intercept_tmb_fit(d, map = list(log_tau = factor(NA)), DLL = "intercept")'
    )
    par, errors, reported, kept, wide = asked(
        code,
        "fit$par",
        "fit$se",
        'summary(fit$report, "report")[, 1]',
        "fixed$par[c(1:3)]",
        "fixed$se[c(1:3)]",
    )
    np.testing.assert_allclose(par, found.par, rtol=1e-9)
    assert found.se is not None
    np.testing.assert_allclose(errors, found.se, rtol=1e-6)
    assert reported == pytest.approx([math.exp(found.par[2])])
    assert kept[2] == 0.5
    assert math.isnan(wide[2])
    assert not any(map(math.isnan, wide[:2]))


GROUPS = {
    "y": [1.1, 0.2, -0.4, 2.5, 1.9, -1.2, 0.7, 0.3, 2.2, -0.9, 0.1, 1.4],
    "group": [1.0, 2.0, 3.0, 4.0, 4.0, 3.0, 2.0, 1.0, 4.0, 3.0, 2.0, 1.0],
}


def _random_intercept() -> gradc.Model:
    text = """
DATA_VECTOR(y)
DATA_IVECTOR(group)
PARAMETER(mu, 0)
PARAMETER(log_sigma, 0)
PARAMETER(log_tau, 0.5, lower = -5, upper = 5)
PARAMETER_VECTOR(u, rep(0, 4), random = TRUE)
tau <- exp(log_tau)
ADREPORT(tau)
-sum(dnorm(u, 0, tau, log = TRUE)) - sum(dnorm(y, mu + u[group], exp(log_sigma), log = TRUE))
"""
    return gradc.compile(text, name="intercept")


def test_scripts_of_every_example_are_r(tmp_path: Path) -> None:
    count = 0
    for path in sorted(EXAMPLES.glob("*.txt")):
        point = path.with_suffix(".json")
        at = json.loads(point.read_text("utf-8")) if point.exists() else None
        model = gradc.compile(path, at=at, wrt=WRT.get(path.stem))
        for target in ("r", "tmb") if model.wrt else ():
            count += 1
            written(model, target, tmp_path)
    assert count > 20
    code = ['for (file in Sys.glob("*.R")) parse(file, keep.source = FALSE)', 'cat("all")']
    done = rscript(tmp_path, "-e", "; ".join(code))
    assert done.stdout == "all", done.stderr


WRT = {"huber": ["a", "b"], "logistic_regression": ["b0", "b1"]}


def test_a_long_search_leaves_a_short_path(tmp_path: Path) -> None:
    written(gradc.compile(DECAY, wrt=["a", "b"], name="decay"), "r", tmp_path)
    code = [f'source("{tmp_path}/decay_fit.R")', "goal <- decay_goal(list(), -Inf, Inf)"]
    code.append("for (k in 1:9999) goal$note(k)")
    points, counts = asked(code, "goal$trail()", "as.numeric(goal$counts)")
    assert counts == [0, 9999]
    assert 500 < len(points) <= 1000
    assert points[0] == 1
    assert points[-1] > 9900
    assert max(np.diff(points)) <= 2 * min(np.diff(points))
