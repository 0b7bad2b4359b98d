"""A Tweedie regression with zeros among its data: every target's derivatives, and a fit by TMB."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradc
from gradc.model import Model

GLM = """
DATA_VECTOR(y)
DATA_VECTOR(x)
PARAMETER(a, 0.5)
PARAMETER(b, 0.25)
PARAMETER(log_phi, 0.1)
PARAMETER(theta, 0)
mu <- exp(a + b*x)
p <- 1 + plogis(theta)
ADREPORT(p)
-sum(dtweedie(y, mu, exp(log_phi), p, log = TRUE))
"""
ROWS = 240


def drawn() -> dict[str, list[float]]:
    """A Poisson number of gamma variables each: some are 0."""
    draw = np.random.default_rng(7)
    x = draw.uniform(-1, 1, ROWS).round(3)
    mu, phi, p = np.exp(0.7 + 0.8 * x), 1.4, 1.55
    counts = draw.poisson(mu ** (2 - p) / (phi * (2 - p)))
    shape = np.maximum(counts, 1) * (2 - p) / (p - 1)
    y = np.where(counts > 0, draw.gamma(shape, phi * (p - 1) * mu ** (p - 1)), 0.0)
    return {"y": y.round(4).tolist(), "x": x.tolist()}


TARGETS = ["r", "tmb", "numpy", "tf"]


@pytest.fixture(scope="module")
def model() -> Model:
    return gradc.compile(GLM, name="tweedie")


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.xdist_group("tmb")
def test_every_target_is_within_its_bound(model: Model) -> None:
    data = drawn()
    assert data["y"].count(0.0) > 20
    some = {name: column[:40] for name, column in data.items()}
    for rows, hessian in ((data, False), (some, True)):
        report = model.verify(TARGETS, witnesses="none", points=0, at=[rows], hessian=hessian)
        assert {s.name for s in report.sources} == {*TARGETS, "oracle"}
        assert [(s.name, s.status, s.worst) for s in report.sources if s.status != "agree"] == []


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
def test_tmb_fits_it(model: Model, tmp_path: Path) -> None:
    for name, text in model.emit("tmb").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    data = drawn()
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    script = """
source("tweedie_tmb.R")
fit <- tweedie_tmb_fit(jsonlite::fromJSON("data.json"), flags = "-O0")
stopifnot(fit$report$pdHess)
table <- summary(fit$report)
cat(jsonlite::toJSON(list(estimate = table[, 1], error = table[, 2]), digits = NA))
"""
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input=script,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    by_scipy = gradc.fit(model, data)
    # TMB's optimiser ends a little before the optimum.
    away = np.subtract(found["estimate"][:4], by_scipy.par) / by_scipy.se
    assert np.abs(away).max() < 0.01
    np.testing.assert_allclose(found["error"][:4], by_scipy.se, rtol=1e-3)
    assert np.all(np.isfinite(found["error"]))
    assert abs(found["estimate"][4] - 1.55) < 4 * found["error"][4]


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
def test_laplace_takes_its_third_derivatives(tmp_path: Path) -> None:
    """Random effects in the mean: the gradient of the approximation against differences of it."""
    text = """
DATA_VECTOR(y)
DATA_IVECTOR(group)
PARAMETER_VECTOR(u, rep(0, 4), random = TRUE)
PARAMETER(log_s, -0.5)
PARAMETER(log_phi, 0.1)
PARAMETER(theta, 0.2)
-sum(dtweedie(y, exp(u[group]), exp(log_phi + 0.1*u[group]), 1 + plogis(theta), log = TRUE)) -
  sum(dnorm(u, 0, exp(log_s), log = TRUE))
"""
    for name, file in gradc.compile(text, name="mixed").emit("tmb").items():
        (tmp_path / name).write_text(file, encoding="utf-8")
    data = {"y": drawn()["y"][:40], "group": [1 + i % 4 for i in range(40)]}
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    script = """
source("mixed_tmb.R")
obj <- mixed_tmb(jsonlite::fromJSON("data.json"), flags = "-O0")
slopes <- numDeriv::grad(obj$fn, obj$par)
cat("\\n", max(abs(slopes - obj$gr(obj$par))), "\\n")
"""
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input=script,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 1e-6
