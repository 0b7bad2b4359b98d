"""Fits by scipy.optimize: the emitted script gives what other ways of fitting give."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradc
from gradc.errors import GradcError

LINE = "sum((y - (a + b*x))^2)"
RNG = np.random.default_rng(20261126)
X = RNG.normal(size=40)
Y = 0.5 + 1.5 * X + 0.2 * RNG.normal(size=40)


def line(text: str = LINE, **options: Any) -> gradc.Model:
    return gradc.compile(text, wrt=["a", "b"], **options)


def test_a_line_is_the_solution_of_the_normal_equations() -> None:
    found = gradc.fit(line(), {"x": X, "y": Y}, start={"a": 0, "b": 0})
    design = np.column_stack([np.ones_like(X), X])
    expected, rss, _, _ = np.linalg.lstsq(design, Y, rcond=None)
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * rss[0] / (len(X) - 2))
    assert found.converged
    assert found.verdict == "converged"
    assert found.advice == ()
    assert found.se_kind == "least squares"
    assert found.labels == ("a", "b")
    np.testing.assert_allclose(found.par, expected, rtol=1e-12)
    np.testing.assert_allclose(found.se, errors, rtol=1e-10)
    assert found.objective == pytest.approx(rss[0], rel=1e-12)
    assert found.gradient_norm is not None
    assert found.gradient_norm < 1e-10
    assert found.path[0] == (0.0, 0.0)


@pytest.mark.parametrize("text", ["mean((y - (a + b*x))^2)", "sum((y - (a + b*x))^2)/2"])
def test_a_multiple_has_the_same_minimum_and_errors_by_curvature(text: str) -> None:
    found = gradc.fit(line(text), {"x": X, "y": Y}, start={"a": 0, "b": 0})
    whole = gradc.fit(line(), {"x": X, "y": Y}, start={"a": 0, "b": 0})
    assert found.converged
    assert found.se_kind == "hessian"
    np.testing.assert_allclose(found.par, whole.par, rtol=1e-10)
    design = np.column_stack([np.ones_like(X), X])
    scale = 2 / len(X) if "mean" in text else 1.0
    errors = np.sqrt(np.diag(np.linalg.inv(scale * design.T @ design)))
    np.testing.assert_allclose(found.se, errors, rtol=1e-10)


def logistic(design: Any, y: Any) -> tuple[Any, Any]:
    """Maximum likelihood by iteratively reweighted least squares."""
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        information = design.T @ (design * (p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, design.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


GLM = """
DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER_VECTOR(beta, rep(0, 2))
-sum(dbinom(y, 1, plogis(X %*% beta), log = TRUE))
"""


def test_a_likelihood_has_the_errors_of_its_information() -> None:
    design = np.column_stack([np.ones_like(X), X])
    y = (RNG.uniform(size=40) < 1 / (1 + np.exp(-X))).astype(float)
    model = gradc.compile(GLM)
    found = gradc.fit(model, {"y": y, "X": design})
    expected, errors = logistic(design, y)
    assert found.converged
    assert found.se_kind == "hessian"
    np.testing.assert_allclose(found.estimates["beta"], expected, rtol=1e-10)
    assert found.standard_errors is not None
    np.testing.assert_allclose(found.standard_errors["beta"], errors, rtol=1e-8)
    columns = {"y": y, "X.1": design[:, 0], "X.2": design[:, 1]}
    assert gradc.fit(model, {k: v.tolist() for k, v in columns.items()}).par == found.par


MANY = """
DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER_VECTOR(beta, rep(0, 160))
-sum(dpois(y, exp(X %*% beta), log = TRUE))
"""


def test_many_parameters_have_errors_by_differences_of_gradients() -> None:
    design = np.column_stack([np.ones(400), 0.1 * RNG.normal(size=(400, 159))])
    y = RNG.poisson(3.0, size=400).astype(float)
    model = gradc.compile(MANY, name="many")
    assert "def hess(" not in model.emit("numpy", with_fit=True)["many_numpy.py"]
    found = gradc.fit(model, {"y": y, "X": design}, start={"beta[1]": 1.0})
    assert found.converged
    assert found.gradient_norm is not None
    assert found.gradient_norm < 1e-8
    rates = np.exp(design @ np.array(found.par))
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * rates[:, None]))))
    np.testing.assert_allclose(found.se, errors, rtol=1e-6)


BOUNDED = """
DATA_VECTOR(y)
PARAMETER(mu, 1, lower = 0, upper = 2)
PARAMETER(log_sd, 0)
-sum(dnorm(y, mu, exp(log_sd), log = TRUE))
"""


def test_a_bound_holds_and_is_said() -> None:
    y = [3.0, 4.0, 5.0]
    found = gradc.fit(gradc.compile(BOUNDED), {"y": y})
    assert found.converged
    sd = math.sqrt(np.mean((np.array(y) - 2.0) ** 2))
    assert found.estimates["mu"] == 2.0
    assert found.estimates["log_sd"] == pytest.approx(math.log(sd), rel=1e-8)
    assert found.se is not None
    assert math.isnan(found.se[0])
    assert found.se[1] == pytest.approx(1 / math.sqrt(2 * len(y)), rel=1e-6)
    assert any("'mu' is at a bound" in line for line in found.advice)


def test_a_bound_holds_in_least_squares() -> None:
    model = gradc.compile(
        "DATA_VECTOR(y)\nDATA_VECTOR(x)\nPARAMETER(a, 0)\nPARAMETER(b, 0.5, lower = 0, upper = 1)\n"
        + LINE
    )
    found = gradc.fit(model, {"x": X, "y": Y})
    assert found.converged
    assert found.estimates["b"] == pytest.approx(1.0, abs=1e-12)
    assert found.estimates["a"] == pytest.approx(np.mean(Y - X), rel=1e-8)
    assert found.se is not None
    assert math.isnan(found.se[1])


def test_exact_data_are_fitted_exactly() -> None:
    found = gradc.fit(line("sum((y - a*exp(-b*x))^2)"), _exact(), start={"a": 1, "b": 1})
    assert found.converged
    np.testing.assert_allclose(found.par, [2.0, 0.5], rtol=1e-12)


def _exact() -> dict[str, Any]:
    x = np.linspace(0, 4, 9)
    return {"x": x, "y": 2.0 * np.exp(-0.5 * x)}


def test_parameters_that_data_do_not_tell_apart_are_no_fit() -> None:
    found = gradc.fit(line("sum((y - (a + b)*x)^2)"), {"x": X, "y": Y}, start={"a": 0, "b": 0})
    assert not found.converged
    assert found.singular
    assert "singular" in found.verdict
    assert any("do not tell the parameters apart" in line for line in found.advice)


def test_a_start_where_there_is_no_value_names_the_row() -> None:
    x = [3.0, 2.0, -1.0, -2.0]
    found = gradc.fit(line("sum((y - log(a*x + b))^2)"), {"x": x, "y": x}, start={"a": 1, "b": 0})
    assert found.status == "failed"
    assert found.error is not None
    assert found.error.code == "G603"
    assert "row 3 is nan, and 1 more" in found.error.message


MATRIX = """
DATA_MATRIX(M)
PARAMETER_MATRIX(W, matrix(0, 2, 3))
PARAMETER(s, 1)
sum((W - s*M)^2) + (s - 2)^2
"""


def test_a_matrix_comes_back_in_its_shape() -> None:
    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    found = gradc.fit(gradc.compile(MATRIX), {"M": rows})
    assert found.converged
    np.testing.assert_allclose(found.estimates["W"], 2 * np.array(rows), rtol=1e-10)
    assert found.labels[:3] == ("W[1,1]", "W[2,1]", "W[1,2]")
    assert found.par[:3] == (found.estimates["W"][0][0], found.estimates["W"][1][0], found.par[2])


ROWS_OF_MATRIX = """
DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER_MATRIX(W)
sum((y - rowSums(tanh(X %*% W)))^2)
"""


def test_residuals_by_a_matrix_have_its_columns_in_order(tmp_path: Path) -> None:
    model = gradc.compile(ROWS_OF_MATRIX, at={"W": [[0.0, 0.0], [0.0, 0.0]]}, name="rows")
    design = RNG.normal(size=(60, 2))
    truth = np.array([[0.4, -0.8], [1.1, 0.3]])
    y = np.sum(np.tanh(design @ truth), axis=1) + 0.01 * RNG.normal(size=60)
    start = {"W": [[0.5, -0.5], [0.5, 0.5]]}
    found = gradc.fit(model, {"y": y, "X": design}, start=start)
    assert found.converged
    assert found.se_kind == "least squares"
    np.testing.assert_allclose(found.estimates["W"], truth, atol=0.05)


def test_a_single_observation_is_one_row() -> None:
    model = gradc.compile("(y - a*x)^2", wrt=["a"])
    found = gradc.fit(model, {"x": 2.0, "y": 3.0}, start={"a": 0})
    assert found.estimates["a"] == pytest.approx(1.5, rel=1e-10)
    assert found.converged
    assert found.se is not None
    assert math.isnan(found.se[0])


def test_what_data_say_nothing_of_is_said() -> None:
    found = gradc.fit(
        line("sum((y - a*x)^2) + 1e-9*(b - 1)^2"), {"x": X, "y": Y}, start={"a": 0, "b": 0}
    )
    assert found.converged
    assert any("the standard error of 'b' is a thousand times" in line for line in found.advice)


def script(model: gradc.Model, folder: Path) -> Path:
    files = model.emit("numpy", with_fit=True)
    for name, text in files.items():
        assert "import gradc" not in text
        assert "from gradc" not in text
        (folder / name).write_text(text)
    return folder / f"{model.name}_fit.py"


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", path.name, *arguments]
    environment = {"PYTHONPATH": str(path.parent), "PATH": ""}
    return subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_stands_alone(tmp_path: Path) -> None:
    path = script(line(name="line"), tmp_path)
    with (tmp_path / "d.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("x", "y"), *zip(X.tolist(), Y.tolist(), strict=True)])
    done = run(path, "d.csv", "a=0", "b=0")
    assert done.returncode == 0, done.stderr
    found = gradc.fit(line(), {"x": X, "y": Y}, start={"a": 0, "b": 0})
    for label, value in zip(found.labels, found.par, strict=True):
        assert f"{label:9}  {value:14.8g}" in done.stdout
    assert "no starting value for a, b" in run(path, "d.csv").stderr
    assert "there is no parameter c" in run(path, "d.csv", "c=1").stderr
    (tmp_path / "e.csv").write_text("x,z\n1,2\n")
    assert "e.csv has no column y" in run(path, "e.csv", "a=0", "b=0").stderr


def test_the_script_reads_matrices(tmp_path: Path) -> None:
    path = script(gradc.compile(GLM, name="glm"), tmp_path)
    design = np.column_stack([np.ones_like(X), X])
    y = (RNG.uniform(size=40) < 1 / (1 + np.exp(-X))).astype(float)
    with (tmp_path / "d.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("y", "X.1", "X.2"), *np.column_stack([y, design]).tolist()])
    done = run(path, "d.csv")
    assert done.returncode == 0, done.stderr
    for k, value in enumerate(logistic(design, y)[0], start=1):
        assert f"beta[{k}]    {value:14.8g}" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "a + b*x",
        "deriv(~ a + b*x, c('a', 'b'))",
        "DATA_VECTOR(x)\nPARAMETER(a, 0)\nPARAMETER(b, 0)\na + b*x",
    ],
)
def test_predictions_are_fitted_to_a_response(text: str) -> None:
    wrt = ["a", "b"] if text.startswith("a") else None
    data, start = {"x": X, "y": Y}, {"a": 0, "b": 0}
    found = gradc.fit(gradc.compile(text, wrt=wrt), data, start=start, response="y")
    assert found.se_kind == "least squares"
    np.testing.assert_allclose(found.par, gradc.fit(line(), data, start=start).par, rtol=1e-12)
    with pytest.raises(GradcError, match="there is no 'z' in the data"):
        gradc.fit(gradc.compile(text, wrt=wrt), data, start=start, response="z")


def test_a_response_is_for_predictions() -> None:
    with pytest.raises(GradcError, match="predicts one value a row"):
        gradc.fit(line(), {"x": X, "y": Y}, start={"a": 0, "b": 0}, response="y")
    with pytest.raises(GradcError, match="is a parameter"):
        gradc.fit(line("a + b*x"), {"x": X}, start={"a": 0, "b": 0}, response="a")


def test_names_that_are_none_in_python_are_the_keys_of_data() -> None:
    model = gradc.compile("sum((`class` - `a.b`*lambda)^2)", wrt=["a.b"])
    found = gradc.fit(model, {"class": Y, "lambda": X}, start={"a.b": 1})
    assert found.converged
    assert found.labels == ("a.b",)
    assert found.estimates["a.b"] == pytest.approx(X @ Y / (X @ X), rel=1e-10)


def test_programs_of_one_name_are_told_apart() -> None:
    data, start = {"x": X, "y": Y}, {"a": 0, "b": 0}
    one = gradc.fit(line(), data, start=start)
    other = gradc.fit(line("sum((y - (a - b*x))^2)"), data, start=start)
    again = gradc.fit(line(), data, start=start)
    assert other.par[1] == pytest.approx(-one.par[1], rel=1e-10)
    assert again.par == one.par


@pytest.mark.parametrize(
    ("data", "start", "code", "message"),
    [
        ({"x": [1.0, 2.0]}, {"a": 0, "b": 0}, "G205", "there is no 'y' in the data"),
        ({"x": [1.0], "y": [1.0]}, {"a": 0}, "G205", "no starting value for 'b'"),
        ({"x": [1.0], "y": [1.0]}, {"a": 0, "b": 0, "c": 1}, "G602", "no parameter 'c'"),
        ({"x": [1.0], "y": [1.0]}, {"a": 0, "b": math.inf}, "G601", "which is not finite"),
        ({"x": [1.0, math.nan], "y": [1.0, 2.0]}, {"a": 0, "b": 0}, "G014", "'x' element 2"),
        ({"x": [1.0, 2.0], "y": [1.0, 2.0, 3.0]}, {"a": 0, "b": 0}, "G202", "one length"),
    ],
)
def test_wrong_input_is_said(
    data: dict[str, Any], start: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(GradcError) as error:
        gradc.fit(line(), data, start=start)
    assert error.value.diagnostics[0].code == code
    assert message in error.value.diagnostics[0].message


def test_a_vector_may_start_element_by_element() -> None:
    model = gradc.compile("sum((y - b[1] - b[2]*x)^2)", wrt=["b"], at={"b": [0, 0]})
    data = {"x": X, "y": Y}
    found = gradc.fit(model, data, start={"b[1]": 1, "b[2]": 0})
    assert found.path[0] == (1.0, 0.0)
    assert found.par == gradc.fit(model, data, start={"b": [1, 0]}).par
    with pytest.raises(GradcError, match="no starting value for 'b'"):
        gradc.fit(model, data, start={"b[1]": 1})


def test_a_start_outside_of_bounds_is_refused() -> None:
    with pytest.raises(GradcError, match="above its upper bound 2"):
        gradc.fit(gradc.compile(BOUNDED), {"y": [1.0]}, start={"mu": 3})


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(GradcError, match="no engine 'scpy'"):
        gradc.fit(line(), {"x": X, "y": Y}, "scpy", {"a": 0, "b": 0})


def test_random_effects_are_for_tmb() -> None:
    text = "DATA_VECTOR(y)\nPARAMETER(m, 0)\nPARAMETER_VECTOR(u, c(0, 0), random = TRUE)\n"
    text += "-sum(dnorm(u, m, 1, log = TRUE)) - sum(dnorm(y, u[1] + u[2], 1, log = TRUE))"
    found = gradc.fit(gradc.compile(text), {"y": [1.0, 2.0]})
    assert found.status == "unsupported"
    assert found.error is not None
    assert "only tmb integrates" in found.error.message


def test_a_fit_that_takes_too_long_is_given_up() -> None:
    x = np.linspace(0.0, 1.0, 1_000_000)
    data = {"x": x, "y": np.sin(40 * x)}
    model = line("sum((y - sin(a*x)*exp(b*x))^2)")
    found = gradc.fit(model, data, start={"a": 3, "b": 0}, timeout=0.2)
    assert found.status == "failed"
    assert found.error is not None
    assert found.error.code == "G405"
    assert gradc.fit(line(), {"x": X, "y": Y}, start={"a": 0, "b": 0}).converged
