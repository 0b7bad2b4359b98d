"""gradc inside R: reticulate returns R functions, and errors with their places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "bridge" / "reticulate.R"
pytestmark = pytest.mark.needs("r", "reticulate")


def run_r(*arguments: str, code: str = "") -> str:
    """What R prints, in a session whose Python is this one."""
    done = subprocess.run(
        ["Rscript", "--vanilla", *arguments],
        input=code,
        env={**os.environ, "RETICULATE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def values(*code: str) -> dict[str, Any]:
    """Variables of an R session, in JSON."""
    start = ["gradc <- reticulate::import('gradc')", "results <- list()"]
    end = "cat('\\n', jsonlite::toJSON(results, digits = NA, auto_unbox = TRUE), '\\n', sep = '')"
    said = run_r("-", code="\n".join([*start, *code, end]))
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def test_the_example_runs_as_it_stands() -> None:
    said = run_r(str(EXAMPLE))
    assert "-1.773286 -68.44344" in said
    assert said.count("12.1401283  0.2945263") == 2
    assert "  --> <text>:1:5" in said
    assert "did you mean" in said


def test_functions_are_rs_own_and_right() -> None:
    found = values(
        "f <- gradc$bridge$r('sum((y - amp*exp(-b*x))^2)', wrt = c('amp', 'b'), hessian = TRUE)",
        "x <- c(0.5, 1, 2); y <- c(1.5, 1.1, 0.4)",
        "o <- f$objective(y = y, x = x)",
        "p <- c(1.25, 0.5)",
        "d <- deriv3(~ (y - amp*exp(-b*x))^2, c('amp', 'b'), function(amp, b, y, x) NULL)",
        "d <- d(p[1], p[2], y, x)",
        "results$closures <- all(vapply(c(f, o[c('fn', 'gr', 'he')]), typeof, '') == 'closure')",
        "results$names <- names(f)",
        "results$fn <- all.equal(o$fn(p), sum(d), tolerance = 1e-14)",
        "results$gr <- all.equal(o$gr(p), unname(colSums(attr(d, 'gradient'))), tolerance = 1e-13)",
        "he <- colSums(attr(d, 'hessian'))",
        "results$he <- all.equal(unname(o$he(p)), unname(he), tolerance = 1e-13)",
        "results$value <- as.vector(f$value(amp = 1.25, b = 0.5, y = y, x = x)) == o$fn(p)",
        "results$left <- setdiff(ls(), c('f', 'x', 'y', 'o', 'p', 'd', 'he', 'gradc', 'results'))",
    )
    assert found == {
        "closures": True,
        "names": ["value", "objective"],
        "fn": True,
        "gr": True,
        "he": True,
        "value": True,
        "left": [],
    }


def test_values_of_r_arrive_as_a_model_needs_them() -> None:
    found = values(
        "m <- gradc$compile('sum((y - x %*% beta)^2)', wrt = 'beta', at = list(",
        "  beta = c(0, 0), y = c(1, 2, 3), x = list(c(1, 1), c(1, 2), c(1, 3))))",
        "results$wrt <- unlist(m$wrt)",
        "f <- gradc$bridge$r(m)",
        "o <- f$objective(y = c(1, 2, 4), x = cbind(1, 1:3))",
        "results$fit <- optim(c(0, 0), o$fn, o$gr, method = 'BFGS',",
        "  control = list(reltol = 1e-15))$par",
        "results$lm <- unname(coef(lm(c(1, 2, 4) ~ seq_len(3))))",
        "at <- list(beta = c(0.5, 1), y = c(1, 2, 4), x = list(c(1, 1), c(1, 2), c(1, 3)))",
        "results$here <- m$evaluate(at)$gradient$beta",
        "results$there <- m$evaluate(at, target = 'r')$gradient$beta",
        "results$direct <- o$gr(c(0.5, 1))",
        "results$one <- gradc$compile('(y - top*x)^2', wrt = 'top')$name",
        "results$both <- tryCatch(gradc$bridge$r(m, wrt = 'beta'), error = conditionMessage)",
        "results$bad <- tryCatch(gradc$compile('y - (a'), error = conditionMessage)",
    )
    assert found["wrt"] == "beta"
    assert found["fit"] == pytest.approx(found["lm"], rel=1e-6)
    assert found["here"] == pytest.approx(found["direct"], rel=1e-14)
    assert found["there"] == found["direct"]
    assert found["one"] == "model"
    assert "error[G801]: wrt= and at= are for a text" in found["both"]
    assert "G100: this ( is never closed" in found["bad"]


def test_the_helper_can_be_read_by_hand() -> None:
    """Where reticulate has no object ``r`` in Python, gradc cannot reach R by itself."""
    found = values(
        "reticulate::py_run_string('del r')",
        "f <- gradc$bridge$r('a^2', wrt = 'a')",
        "results$before <- tryCatch(f$value(3), error = conditionMessage)",
        "source(gradc$bridge$r_helper)",
        "f <- gradc$bridge$r('a^2', wrt = 'a')",
        "results$value <- as.vector(f$value(3))",
        "results$gr <- f$objective()$gr(3)",
    )
    assert "there is no 'value'" in found["before"]
    assert "source(gradc$bridge$r_helper)" in found["before"]
    assert found["value"] == 9
    assert found["gr"] == 6
