"""The declared examples at their thousand rows: every target, R's optimisers, TMB's Laplace."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gradc.cli.place import read_place
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import Answer, Numbers, run, run_tmb_batch
from gradc.verify import Plan, Report, assess, plan

pytestmark = [pytest.mark.needs("r", "tmb", "tf"), pytest.mark.xdist_group("examples")]

FOLDER = Path(__file__).parents[2] / "examples"
RANDOM = ("ar1", "glmm")
FIXED = (
    "growth_curve",
    "linear_regression",
    "logistic_glm",
    "mixture",
    "negbin_glm",
    "neural_network",
    "poisson_glm",
)
NAMES = tuple(sorted(RANDOM + FIXED))
TARGETS = ("r", "tmb", "numpy", "tf")
ROWS = 1000


def data_of(name: str) -> Path:
    """The file that the example's first lines name."""
    (path,) = (p for p in FOLDER.glob(f"{name}.*") if p.suffix in (".csv", ".json"))
    return path


def values_of(name: str) -> dict[str, Any]:
    (point,) = read_place(str(data_of(name)))
    return point


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return {name: compile_model(FOLDER / f"{name}.txt", at=values_of(name)) for name in NAMES}


@pytest.fixture(scope="module")
def reports(models: Mapping[str, Model]) -> dict[str, Report]:
    """All nine at their own data and at two more points; one compilation of templates."""
    plans = {name: _plan(model, values_of(name)) for name, model in models.items()}
    tmb = run_tmb_batch(
        [each.subject.emitted["tmb"].program for each in plans.values()],
        [[case.point for case in each.cases] for each in plans.values()],
    )
    return {
        name: assess(each, _answers(each, answers))
        for (name, each), answers in zip(plans.items(), tmb, strict=True)
    }


def _plan(model: Model, point: Mapping[str, Any]) -> Plan:
    subject = subject_of(model, TARGETS, ["tf-tape"], "float64", hessian=False)
    return plan(subject, [model.complete(point)], 2)


def _answers(prepared: Plan, tmb: list[Answer]) -> dict[str, list[Answer]]:
    points = [case.point for case in prepared.cases]
    answers = {"tmb": tmb}
    for target in ("r", "numpy", "tf"):
        heard = ["tf-tape"] if target == "tf" else []
        program = prepared.subject.emitted[target].program
        answers[target] = run(program, points, timeout=300.0, witnesses=heard)
    return answers


@pytest.mark.parametrize("name", NAMES)
def test_every_target_agrees_at_a_thousand_rows(name: str, reports: dict[str, Report]) -> None:
    report = reports[name]
    assert report.given == 1
    assert len(report.points) == 3
    assert {len(value) for value in report.points[0].values() if isinstance(value, list)} & {ROWS}
    wrong = [s for s in report.sources if s.name in (*TARGETS, "oracle") and s.status != "agree"]
    assert wrong == []
    assert report.verdict == "agree"


# The states of the AR(1) process are declared with their number; the next test is about that.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "ar1"])
def test_the_code_does_not_grow_with_the_data(name: str, models: dict[str, Model]) -> None:
    few = {
        key: value[:60] if len(value) == ROWS else value for key, value in values_of(name).items()
    }
    small = compile_model(FOLDER / f"{name}.txt", at=few)
    for target in TARGETS:
        assert small.emit(target) == models[name].emit(target)


def test_the_code_does_not_grow_with_the_number_of_states(models: dict[str, Model]) -> None:
    text = (FOLDER / "ar1.txt").read_text()
    small = compile_model(text.replace("1000", "2000"), name="ar1")
    for target in TARGETS:
        for file, content in small.emit(target).items():
            wanted = models["ar1"].emit(target)[file]
            assert re.sub(r"\b20(0\d)(?=\D)", r"10\1", content) == wanted


def run_r(folder: Path, script: str) -> str:
    """What a script of R prints, run in a folder."""
    (folder / "script.R").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "script.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


READ = """
read <- function(path) {
  if (endsWith(path, ".csv")) read.csv(path) else jsonlite::fromJSON(path)
}
"""
# A model's own starting values, or those of its file; the data by their names.
OPTIMUM = """
source("{name}.R")
given <- read("{data}")
wanted <- names(formals({name}_model))
model <- do.call({name}_model, as.list(given)[wanted])
start <- model$par
if (anyNA(start)) start[is.na(start)] <- unlist(given[setdiff(names(given), wanted)])
fit <- nlminb(start, model$fn, model$gr, lower = model$lower, upper = model$upper,
  control = list(eval.max = 2000, iter.max = 2000, rel.tol = 1e-14))
also <- optim(start, model$fn, model$gr, method = "BFGS",
  control = list(maxit = 2000, reltol = 1e-14))
stopifnot(is.finite(fit$objective), fit$objective < model$fn(start))
best <- if (also$value < fit$objective) also$par else fit$par
scale <- max(1, abs(model$fn(best)))
stopifnot(max(abs(model$gr(best))) < 1e-4*scale)
cat("{name}", format(best, digits = 4), "\\n")
"""


def test_optimisers_of_r_find_a_point_without_slope(
    models: dict[str, Model], tmp_path: Path
) -> None:
    script = [READ]
    for name in FIXED:
        for file, text in models[name].emit("r").items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        script.append(OPTIMUM.format(name=name, data=data_of(name)))
    found = {
        line.split()[0]: list(map(float, line.split()[1:]))
        for line in run_r(tmp_path, "\n".join(script)).splitlines()
    }
    # What the data were simulated with, within a few standard errors.
    assert found["linear_regression"][:4] == pytest.approx([1, 2, -1, 0.5], abs=0.1)
    assert found["poisson_glm"] == pytest.approx([-0.5, 0.6, 0.2], abs=0.1)
    assert found["negbin_glm"][:3] == pytest.approx([1, 0.5, -0.4], abs=0.15)
    assert found["growth_curve"][:3] == pytest.approx([120, 9, 2.5], rel=0.05)
    assert found["logistic_glm"] == pytest.approx([-0.5, 1, -1, 0.5], abs=0.3)


# Laplace's approximation through the driver, as a user of TMB calls it; and the joint
# objective, its random effects parameters like any other, at the points of a file.
MARGINAL = """
source("{name}_tmb.R")
data <- read("{data}")
fit <- {name}_tmb_fit(data, flags = "-O0")
stopifnot(length(fit$obj$env$random) == {count}, fit$fit$convergence == 0)
told <- summary(fit$report)
stopifnot(fit$report$pdHess, !anyNA(told), all(is.finite(told)))
stopifnot(max(abs(fit$obj$gr(fit$fit$par))) < 0.05)
stopifnot({reported} %in% rownames(told))
joint <- {name}_tmb(data, random = NULL)
points <- jsonlite::fromJSON("{name}_points.json", simplifyDataFrame = FALSE)
answers <- lapply(points, function(p) {{
  par <- unlist(p[unique(names(joint$par))], use.names = FALSE)
  list(value = sprintf("%.17g", joint$fn(par)), gradient = sprintf("%.17g", joint$gr(par)))
}})
writeLines(jsonlite::toJSON(answers), "{name}_answers.json")
estimate <- summary(fit$report, "report")
found <- as.list(setNames(estimate[, 1], rownames(estimate)))
writeLines(jsonlite::toJSON(found, auto_unbox = TRUE), "{name}_estimate.json")
"""
REPORTED = {"ar1": 'c("phi", "sd_u", "sd_y")', "glmm": '"sd"'}
COUNT = {"ar1": ROWS, "glmm": 50}


@pytest.fixture(scope="module")
def laplace(
    models: dict[str, Model],
    reports: dict[str, Report],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder in which one R has fitted both models with random effects."""
    folder = tmp_path_factory.mktemp("laplace")
    script = [READ]
    for name in RANDOM:
        for file, text in models[name].emit("tmb").items():
            (folder / file).write_text(text, encoding="utf-8")
        points = _with_the_data(name, reports[name])
        wrt = [{key: point[key] for key in models[name].wrt} for point in points]
        (folder / f"{name}_points.json").write_text(json.dumps(wrt), encoding="utf-8")
        script.append(
            MARGINAL.format(
                name=name, data=data_of(name), reported=REPORTED[name], count=COUNT[name]
            )
        )
    run_r(folder, "\n".join(script))
    return folder


def _with_the_data(name: str, report: Report) -> list[Mapping[str, Any]]:
    """The points that keep the example's data."""
    y = values_of(name)["y"]
    return [point for point in report.points if point["y"] == y]


def test_the_marginal_optimum_is_near_what_was_simulated(laplace: Path) -> None:
    found = {name: json.loads((laplace / f"{name}_estimate.json").read_text()) for name in RANDOM}
    assert found["ar1"] == pytest.approx({"phi": 0.8, "sd_u": 0.5, "sd_y": 0.3}, abs=0.1)
    assert found["glmm"] == pytest.approx({"sd": 0.8}, abs=0.3)


@pytest.mark.parametrize("name", RANDOM)
def test_the_joint_objective_of_the_driver_is_that_of_every_target(
    name: str,
    models: dict[str, Model],
    reports: dict[str, Report],
    laplace: Path,
) -> None:
    model, points = models[name], _with_the_data(name, reports[name])
    answers = json.loads((laplace / f"{name}_answers.json").read_text())
    assert len(answers) == len(points) >= 2
    for target in ("r", "numpy", "tf"):
        for answer, other in zip(answers, run(model.program(target), points), strict=True):
            assert isinstance(other, Numbers)
            assert isinstance(other.value, float)
            flat = [float(v) for part in model.wrt for v in _flat(other.gradient[part])]
            assert float(answer["value"][0]) == pytest.approx(other.value, rel=1e-12)
            assert list(map(float, answer["gradient"])) == pytest.approx(flat, rel=1e-9, abs=1e-9)


def _flat(value: Any) -> list[float]:
    return list(value) if hasattr(value, "__len__") else [value]
