"""Fits by Keras: the emitted script arrives where SciPy arrives, and says where it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradc
from gradc.model import compile as compile_model

pytestmark = pytest.mark.needs("keras", "tf")

EXAMPLES = Path(__file__).parents[2] / "examples"
RNG = np.random.default_rng(20261126)
X = RNG.normal(size=60)
Y = 1 / (1 + np.exp(-(0.4 - 1.1 * X))) + 0.05 * RNG.normal(size=60)
NEURON = "(y - 1/(1 + exp(-(a + b*x))))^2"
START = {"a": 0.5, "b": -1.0}
NETWORK = """
DATA_VECTOR(y)
DATA_VECTOR(x)
PARAMETER_VECTOR(w, c(1, -1))
PARAMETER_VECTOR(v, c(0.5, 0.25))
PARAMETER(shift, 0)
mean((y - (shift + tanh(outer(x, w)) %*% v))^2) + 0.01*(sum(w^2) + sum(v^2))
"""
BOUNDED = """
DATA_VECTOR(y)
PARAMETER(mu, 0.1, upper = 0.25)
PARAMETER_VECTOR(log_sd, c(0, 0), lower = -2)
-sum(dnorm(y, mu, exp(log_sd[1]), log = TRUE)) + sum((log_sd - 1)^2)
"""


def both(
    model: gradc.Model, data: dict[str, object], **options: object
) -> tuple[gradc.Fit, gradc.Fit]:
    """The fits by SciPy and by Keras."""
    start = START if model.wrt == ("a", "b") else None
    found = gradc.fit(model, data, engine="keras", start=start, options=options)
    return gradc.fit(model, data, engine="scipy", start=start), found


def test_a_neuron_by_adam() -> None:
    scipy, keras = both(compile_model(NEURON, wrt=["a", "b"]), {"x": X, "y": Y})
    assert keras.error is None, keras.error
    assert keras.converged
    assert keras.claimed
    assert keras.gradient_norm is not None
    assert keras.gradient_norm < 1e-7
    np.testing.assert_allclose(keras.par, scipy.par, rtol=1e-7)
    assert keras.se_kind == scipy.se_kind == "least squares"
    np.testing.assert_allclose(keras.se, scipy.se, rtol=1e-6)
    assert keras.path[0] == (0.5, -1.0)
    assert len(keras.path) > 10


def test_few_rows_at_a_time_and_then_all() -> None:
    model = compile_model(NEURON, wrt=["a", "b"])
    scipy, keras = both(model, {"x": X, "y": Y}, batch_size=16, optimizer="sgd")
    assert keras.error is None, keras.error
    assert keras.converged, keras.message
    assert keras.message.startswith("SGD")
    np.testing.assert_allclose(keras.par, scipy.par, rtol=1e-5)


def test_a_network_and_a_likelihood_with_bounds() -> None:
    for text, data in ((NETWORK, {"x": X, "y": Y}), (BOUNDED, {"y": Y})):
        scipy, keras = both(compile_model(text), data)
        assert keras.error is None, keras.error
        assert keras.converged, keras.message
        # Units of the network may change their signs, in pairs.
        np.testing.assert_allclose(np.abs(keras.par), np.abs(scipy.par), rtol=1e-5, atol=1e-6)
        assert keras.objective == pytest.approx(scipy.objective, rel=1e-10)
        assert keras.se_kind == "hessian"
        np.testing.assert_allclose(keras.se, scipy.se, rtol=1e-4)


def test_too_few_steps_are_not_called_convergence() -> None:
    model = compile_model("sum((y - top*exp(-rate*x))^2)", wrt=["top", "rate"])
    found = gradc.fit(
        model,
        {"x": np.abs(X), "y": 5 * np.exp(-2 * np.abs(X))},
        engine="keras",
        start={"top": 1.0, "rate": 0.1},
        options={"epochs": 1000, "learning_rate": 1e-5},
    )
    assert found.status == "not converged"
    assert found.claimed is False
    assert "limit of steps" in found.message


def test_parameters_of_very_different_size() -> None:
    """NIST's Misra1a from its first start: b2 is a millionth of b1."""
    y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02]
    y += [44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
    x = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8]
    x += [378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
    model = compile_model("sum((y - b1*(1 - exp(-b2*x)))^2)", wrt=["b1", "b2"])
    start = {"b1": 500.0, "b2": 1e-4}
    found = gradc.fit(model, {"x": x, "y": y}, engine="keras", start=start)
    assert found.converged, found.message
    np.testing.assert_allclose(found.par, [238.94212918, 5.5015643181e-4], rtol=1e-8)
    np.testing.assert_allclose(found.se, [2.7070075241, 7.2668688436e-6], rtol=1e-6)


def test_batches_of_what_is_no_sum_are_refused() -> None:
    model = compile_model("sum((y[-1] - phi*y[-length(y)])^2)", wrt=["phi"])
    data, start = {"y": Y}, {"phi": 0.5}
    found = gradc.fit(model, data, engine="keras", start=start, options={"batch_size": 8})
    assert found.error is not None
    assert "leave batch_size away" in found.error.message
    found = gradc.fit(model, data, engine="keras", start=start)
    assert found.converged, found.message
    assert found.par[0] == pytest.approx(np.sum(Y[1:] * Y[:-1]) / np.sum(Y[:-1] ** 2), rel=1e-9)


def test_what_is_random_is_not_for_keras() -> None:
    model = compile_model(EXAMPLES / "glmm.txt")
    task = {"y": [1.0, 0.0], "x": [0.1, 0.2], "group": [1, 2]}
    found = gradc.fit(model, task, engine="keras")
    assert found.status == "unsupported"
    assert found.error is not None
    assert "only tmb" in found.error.message


def test_the_script_runs_without_gradc(tmp_path: Path) -> None:
    model = compile_model(EXAMPLES / "growth_curve.txt")
    files = model.emit("keras", with_fit=True)
    assert list(files) == ["growth_curve_keras.py", "growth_curve_keras_fit.py"]
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert max(map(len, text.split("\n"))) < 100
    done = subprocess.run(
        [sys.executable, "-P", "growth_curve_keras_fit.py", EXAMPLES / "growth_curve.csv"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split() for line in done.stdout.splitlines()]
    estimates = {cells[0]: cells[1:] for cells in lines}
    assert float(estimates["Asym"][0]) == pytest.approx(119.73939, rel=1e-6)
    assert float(estimates["log_cv"][1]) == pytest.approx(0.022594, rel=1e-4)
    assert estimates["objective"][0] == "3125.467175;"
