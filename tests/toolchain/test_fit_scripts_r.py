"""The fit scripts of R and TMB stand alone: run by Rscript they give what gradc fit gives."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import gradc
from tests.support.fits import DECAY, EXAMPLES, NEAR, X, Y, asked, columns, vector

pytestmark = pytest.mark.needs("r", "optimx")


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
