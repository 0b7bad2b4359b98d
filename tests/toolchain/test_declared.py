"""Declared models in every toolchain: joint objectives, checks, Laplace's approximation in TMB."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.run import ToolchainError, run

MODELS = Path(__file__).parent / "fixtures" / "declared"
ALL = ("r", "tmb", "numpy", "tf")

Y = [1.1, 0.2, -0.4, 2.5, 1.9, -1.2, 0.7, 0.3]
GROUP = [1, 2, 3, 4, 4, 3, 2, 1]
INTERCEPT = {
    "y": Y, "group": GROUP, "mu": 0.3, "log_sigma": -0.2, "log_tau": 0.4,
    "u": [0.1, -0.2, 0.5, 1.0],
}  # fmt: skip
STATES = {
    "y": Y, "phi": 0.6, "log_q": -0.3, "log_r": -0.7,
    "x": [0.5, 0.1, -0.2, 1.5, 1.0, -0.4, 0.2, 0.1],
}  # fmt: skip


def intercept_by_hand(p: dict[str, Any]) -> float:
    u = np.array(p["u"])
    eta = p["mu"] + u[np.array(p["group"]) - 1]
    effects = stats.norm.logpdf(u, 0, np.exp(p["log_tau"])).sum()
    return float(-effects - stats.norm.logpdf(p["y"], eta, np.exp(p["log_sigma"])).sum())


def states_by_hand(p: dict[str, Any]) -> float:
    x, phi, q = np.array(p["x"]), p["phi"], np.exp(p["log_q"])
    total = stats.norm.logpdf(x[0], 0, q / np.sqrt(1 - phi**2))
    total += stats.norm.logpdf(x[1:], phi * x[:-1], q).sum()
    return float(-total - stats.norm.logpdf(p["y"], x, np.exp(p["log_r"])).sum())


JOINT = [
    ("random_intercept", INTERCEPT, intercept_by_hand),
    ("state_space", STATES, states_by_hand),
]


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize(("name", "point", "by_hand"), JOINT, ids=[case[0] for case in JOINT])
def test_the_joint_objective_is_the_same_everywhere(name: str, point: Any, by_hand: Any) -> None:
    model = compile_model(MODELS / f"{name}.txt", at=point)
    wanted = by_hand(point)
    slopes = _slopes(model, point, by_hand)
    for target in ALL:
        found = model.evaluate(point, target)
        assert found.value == pytest.approx(wanted, rel=1e-12), target
        for parameter, slope in slopes.items():
            np.testing.assert_allclose(found.gradient[parameter], slope, rtol=1e-5, atol=1e-6)
    reports = [model.evaluate(point, target).reports for target in ALL]
    for other in reports[1:]:
        assert other.keys() == reports[0].keys()
        for key, value in other.items():
            np.testing.assert_allclose(value, reports[0][key], rtol=1e-14)


def _slopes(model: Model, point: Any, by_hand: Any) -> dict[str, Any]:
    """Central differences of the objective written by hand."""
    step = 1e-5
    found: dict[str, Any] = {}
    for name in model.wrt:
        centre = np.atleast_1d(np.array(point[name], dtype=float))
        slopes = []
        for k in range(centre.size):
            sides = []
            for sign in (1, -1):
                moved = centre.copy()
                moved[k] += sign * step
                value = moved if np.ndim(point[name]) else float(moved[0])
                sides.append(by_hand({**point, name: value}))
            slopes.append((sides[0] - sides[1]) / (2 * step))
        found[name] = slopes if np.ndim(point[name]) else slopes[0]
    return found


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_place_that_is_not_there_is_said_by_the_emitted_code(target: str) -> None:
    model = compile_model(MODELS / "random_intercept.txt")
    wrong = [{**INTERCEPT, "group": [*GROUP[:-1], place]} for place in (5, 0, -3)]
    answers = run(model.program(target), [model.complete(INTERCEPT), *wrong])
    assert not isinstance(answers[0], ToolchainError)
    for answer in answers[1:]:
        assert isinstance(answer, ToolchainError)
        assert answer.code == "G407"
        assert "group" in answer.message
    with pytest.raises(GradcError, match="between 1 and 4"):
        model.evaluate(wrong[0], target)


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_lengths_that_differ_are_said_by_the_emitted_code(target: str) -> None:
    model = compile_model(MODELS / "random_intercept.txt")
    (answer,) = run(model.program(target), [{**INTERCEPT, "group": GROUP[:-1]}])
    assert isinstance(answer, ToolchainError)
    assert answer.code == "G407"
    assert "group" in answer.message


MARGINAL = """
source("../{name}_tmb.R")
cpp <- "../{name}.cpp"
dmvn <- function(y, mean, S) {{
  R <- chol(S)
  z <- backsolve(R, y - mean, transpose = TRUE)
  sum(z^2)/2 + sum(log(diag(R))) + length(y)*log(2*pi)/2
}}
y <- c({y})
"""
INTERCEPT_SCRIPT = """
group <- c({group})
data <- list(y = y, group = group)
obj <- random_intercept_tmb(data, cpp = cpp, flags = "-O0")
stopifnot(identical(names(obj$par), c("mu", "log_sigma", "log_tau")))
exact <- function(p) {{
  Z <- outer(group, 1:4, "==")
  dmvn(y, p[1], exp(2*p[2])*diag(length(y)) + exp(2*p[3])*Z %*% t(Z))
}}
for (p in list(c(0.3, -0.2, 0.4), c(-1, 0.5, -0.3)))
  stopifnot(all.equal(as.numeric(obj$fn(p)), exact(p), tolerance = 1e-8))
fit <- random_intercept_tmb_fit(data, cpp = cpp)
told <- summary(fit$report)
stopifnot(!anyNA(told), "tau" %in% rownames(told), fit$report$pdHess)
best <- optim(c(0, 0, 0), exact, method = "BFGS")
stopifnot(all.equal(as.numeric(fit$fit$par), best$par, tolerance = 1e-2))

# A file of data, factors for places, a parameter that is held fixed.
write.csv(data.frame(y, group), "data.csv", row.names = FALSE)
again <- random_intercept_tmb("data.csv", cpp = cpp, map = list(log_tau = factor(NA)))
stopifnot(identical(names(again$par), c("mu", "log_sigma")))
named <- random_intercept_tmb(list(y = y, group = factor(letters[group])), cpp = cpp)
p <- c(0.3, -0.2, 0.4)
stopifnot(identical(named$fn(p), obj$fn(p)))

said <- function(...) tryCatch(random_intercept_tmb(list(...), cpp = cpp), error = conditionMessage)
stopifnot(identical(said(y = y, group = group[-1]), "group must have as many elements as y"))
stopifnot(grepl("whole numbers from 1 to 4", said(y = y, group = group + 1)))
stopifnot(grepl("whole numbers from 1 to 4", said(y = y, group = group + 0.5)))
stopifnot(grepl("missing values", said(y = c(NA, y[-1]), group = group)))
stopifnot(identical(said(y = y), "no value for group"))
raw <- tryCatch(TMB::MakeADFun(list(y = y, group = as.integer(group + 1)),
  list(mu = 0, log_sigma = 0, log_tau = 0, u = rep(0, 4)), DLL = "random_intercept", silent = TRUE),
  error = conditionMessage)
stopifnot(is.character(raw), grepl("group", raw))
"""
STATES_SCRIPT = """
data <- list(y = y)
start <- list(phi = 0.5, log_q = -1, log_r = -1, x = 0*y)
obj <- state_space_tmb(data, start, cpp = cpp, flags = "-O0")
exact <- function(p) {{
  lags <- abs(outer(seq_along(y), seq_along(y), "-"))
  dmvn(y, 0, exp(2*p[2])/(1 - p[1]^2)*p[1]^lags + exp(2*p[3])*diag(length(y)))
}}
for (p in list(c(0.6, -0.3, -0.7), c(-0.2, 0.1, -1)))
  stopifnot(all.equal(as.numeric(obj$fn(p)), exact(p), tolerance = 1e-8))
set.seed(1)
data$y <- as.numeric(arima.sim(list(ar = 0.8), 80)) + 0.5*rnorm(80)
start$x <- 0*data$y
fit <- state_space_tmb_fit(data, start, cpp = cpp)
told <- summary(fit$report)
stopifnot(!anyNA(told), "q" %in% rownames(told), abs(fit$fit$par[1]) < 0.99)
"""


@pytest.mark.needs("tmb")
@pytest.mark.parametrize(
    ("name", "script"), [("random_intercept", INTERCEPT_SCRIPT), ("state_space", STATES_SCRIPT)]
)
def test_laplace_marginals_are_those_of_the_normal_distribution(
    tmp_path: Path, name: str, script: str
) -> None:
    model = compile_model(MODELS / f"{name}.txt")
    for file, source in model.emit("tmb").items():
        (tmp_path / file).write_text(source, encoding="utf-8")
    words = {"name": name, "y": ", ".join(map(str, Y)), "group": ", ".join(map(str, GROUP))}
    _run_r(tmp_path, (MARGINAL + script).format(**words))


@pytest.mark.needs("r")
def test_the_factory_has_bounds_and_reports(tmp_path: Path) -> None:
    text = """
    DATA_VECTOR(y)
    PARAMETER(mu, 1, lower = 1)
    PARAMETER_VECTOR(b, c(0.1, 0.2), upper = 0.5)
    m <- mu + b
    REPORT(m)
    sum((y - mu)^2) + sum((b - 1)^2)
    """
    model = compile_model(text, name="bounded")
    for file, source in model.emit("r").items():
        (tmp_path / file).write_text(source, encoding="utf-8")
    _run_r(
        tmp_path,
        """
        source("../bounded.R")
        f <- bounded_model(c(-1, 0, 1))
        stopifnot(identical(f$lower, c(1, -Inf, -Inf)), identical(f$upper, c(Inf, 0.5, 0.5)))
        par <- optim(f$par, f$fn, f$gr, method = "L-BFGS-B", lower = f$lower, upper = f$upper)$par
        stopifnot(all.equal(unname(par), c(1, 0.5, 0.5)))
        stopifnot(identical(f$report(c(1, 2, 3)), list(m = c(3, 4))))
        said <- tryCatch(bounded_model(c(1, NA))$fn(f$par), error = conditionMessage)
        stopifnot(identical(said, "y has missing values"))
        for (call in list(f$fn, f$gr, f$report)) for (par in list(c(1, 2), c(1, 2, 3, 4))) {
          said <- tryCatch(call(par), error = conditionMessage)
          stopifnot(identical(said, "par must have 3 elements"))
        }
        """,
    )


def test_numpy_has_bounds_for_minimize() -> None:
    text = "DATA_VECTOR(y)\nPARAMETER(a, 1, lower = 1)\nPARAMETER(b, 0)\nsum((y - a)^2) + b^2"
    scope: dict[str, Any] = {}
    model = compile_model(text, name="bounded")
    exec(model.emit("numpy")["bounded_numpy.py"], scope)  # noqa: S102
    assert scope["bounds"] == [(1.0, None), (None, None)]
    with pytest.raises(ValueError, match="y has missing values"):
        scope["value"](1.0, 2.0, [1.0, float("nan")])
    with pytest.raises(ValueError, match="y must be a vector"):
        scope["value"](1.0, 2.0, 3.0)


def _run_r(folder: Path, code: str) -> None:
    (folder / "elsewhere").mkdir()
    script = folder / "elsewhere" / "script.R"
    script.write_text(code, encoding="utf-8")
    rscript = shutil.which("Rscript")
    assert rscript is not None
    done = subprocess.run(
        [rscript, "--vanilla", "script.R"], cwd=script.parent, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_loop_beyond_the_end_is_said_by_the_emitted_code(target: str) -> None:
    text = """
    DATA_VECTOR(y)
    DATA_VECTOR(x)
    PARAMETER(a, 1)
    nll <- 0
    for (t in 2:length(y)) nll <- nll + (y[t] - a*x[t - 1])^2
    nll
    """
    program = compile_model(text).program(target)
    short, fine = run(program, [{"y": Y, "x": [1.0], "a": 0.5}, {"y": Y, "x": Y[:7], "a": 0.5}])
    assert isinstance(short, ToolchainError)
    assert short.code == "G407"
    assert not isinstance(fine, ToolchainError)


@pytest.mark.needs("r", "tmb", "tf")
def test_reports_are_verified_too() -> None:
    model = compile_model(MODELS / "random_intercept.txt")
    report = model.verify("all", points=3, at=INTERCEPT)
    assert report.verdict == "agree"
    for source in report.sources:
        named = [o.output for o in source.outputs if o.output.startswith("report:")]
        assert named == (["report:eta", "report:tau"] if source.kind == "emitted" else [])
