"""Emitted R in real R: what ``deriv`` returns, what optimisers take, and what R must not break."""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gradc.emit.header import model_lines
from gradc.emit.numbers import r_number
from gradc.ir import REAL, Function, Graph, Input, symbol, vector
from gradc.model import compile as compile_model
from gradc.prims import TABLE, Prim, loops, matrices, vectors
from gradc.targets import moments, saddle

pytestmark = pytest.mark.needs("r")

SIGMOID = "eta <- a + b*x\np <- 1/(1 + exp(-eta))\n(y - p)^2"


def r(code: str, folder: Path, files: Mapping[str, str]) -> str:
    """What a script prints; it stops at the first error."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    script = folder / "script.R"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "script.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def emitted(text: str, wrt: list[str], name: str, **options: object) -> dict[str, str]:
    hessian = bool(options.pop("hessian", False))
    return compile_model(text, wrt=wrt, name=name, **options).emit("r", hessian=hessian)  # type: ignore[arg-type]


def test_it_returns_what_deriv_returns(tmp_path: Path) -> None:
    files = emitted(SIGMOID, ["a", "b"], "sigmoid", hessian=True)
    r(
        """
        source("sigmoid.R")
        d <- deriv3(~ (y - 1/(1 + exp(-(a + b*x))))^2, c("a", "b"), c("a", "b", "x", "y"))
        x <- c(-3, -1, 0.5, 2); y <- c(0, 1, 0.25, 1)
        ours <- sigmoid(0.3, -0.8, x, y); theirs <- d(0.3, -0.8, x, y)
        stopifnot(
          all.equal(ours, theirs, tolerance = 1e-14),
          identical(attributes(ours)$gradient |> dim(), c(4L, 2L)),
          identical(dimnames(attr(ours, "gradient")), list(NULL, c("a", "b"))),
          identical(dim(attr(ours, "hessian")), c(4L, 2L, 2L)),
          all.equal(sigmoid(0.3, -0.8, 1, 0), d(0.3, -0.8, 1, 0), tolerance = 1e-14),
          is.null(attributes(sigmoid(0.3, -0.8, x, y, order = 0L))),
          identical(names(attributes(sigmoid(0.3, -0.8, x, y, order = 1L))), "gradient"),
          identical(sigmoid(0.3, -0.8, 1:4, y), sigmoid(0.3, -0.8, as.numeric(1:4), y))
        )
        # a single datum beside many, and lengths that do not fit
        stopifnot(identical(sigmoid(0.3, -0.8, x, 1), sigmoid(0.3, -0.8, x, rep(1, 4))))
        wrong <- tryCatch(sigmoid(0.3, -0.8, x, y[1:3]), error = conditionMessage)
        stopifnot(identical(wrong, "x and y must have one length, or length 1"))
        """,
        tmp_path,
        files,
    )


def test_optimisers_take_it(tmp_path: Path) -> None:
    files = emitted("sum((y - a*exp(-b*x))^2)", ["a", "b"], "decay", hessian=True)
    files |= emitted("a*exp(-b*x)", ["a", "b"], "decline")
    out = r(
        """
        source("decay.R"); source("decline.R")
        x <- seq(0, 4, by = 0.25)
        y <- 2.5*exp(-0.7*x) + 0.01*sin(7*x)
        m <- decay_model(y = y, x = x)
        start <- c(a = 1, b = 1)
        fits <- list(
          optim(start, m$fn, m$gr, method = "BFGS", control = list(reltol = 1e-14))$par,
          nlminb(start, m$fn, m$gr, m$he)$par,
          nlm(m$fg, start)$estimate,
          coef(nls(y ~ decline(a, b, x), start = start))
        )
        for (fit in fits) stopifnot(all.equal(unname(fit), unname(fits[[1]]), tolerance = 1e-4))
        stopifnot(
          is.null(names(m$gr(start))), is.numeric(m$gr(start)), length(m$gr(start)) == 2,
          identical(names(m$par), c("a", "b")), all(is.na(m$par)),
          identical(dim(m$he(start)), c(2L, 2L)),
          length(m$fn(start)) == 1, is.null(attributes(m$fn(start)))
        )
        h <- 1e-5
        slope <- (m$fn(start + c(h, 0)) - m$fn(start - c(h, 0)))/(2*h)
        stopifnot(all.equal(slope, m$gr(start)[1], tolerance = 1e-8))
        cat(sprintf("%.4f", fits[[1]]))
        """,
        tmp_path,
        files,
    )
    assert out.split()[0].startswith("2.5")


@pytest.mark.needs("optimx")
def test_optimr_takes_it(tmp_path: Path) -> None:
    files = emitted("(y - 1/(1 + exp(-(a + b*x))))^2", ["a", "b"], "sigmoid")
    r(
        """
        suppressPackageStartupMessages(library(optimx)); source("sigmoid.R")
        x <- c(-2, -1, 0, 1, 2); y <- c(0.1, 0.2, 0.6, 0.7, 0.95)
        m <- sigmoid_model(y = y, x = x)
        fit <- optimr(c(0, 0), m$fn, m$gr, method = "BFGS")
        stopifnot(fit$convergence == 0, max(abs(m$gr(fit$par))) < 1e-3)
        """,
        tmp_path,
        files,
    )


def test_vector_parameters(tmp_path: Path) -> None:
    text = "sum((y - beta[1] - beta[2]*x - beta[3]*x^2)^2) + log(s)^2"
    files = emitted(text, ["beta", "s"], "poly", at={"beta": [1.0, 2.0, 3.0]}, hessian=True)
    rows = emitted("beta[1] + beta[2]*x*s", ["beta", "s"], "rows", at={"beta": [1.0, 2.0]})
    r(
        """
        source("poly.R"); source("rows.R")
        x <- c(0.5, 1, 2, 3); y <- c(1, 2, 0, 4); beta <- c(0.1, -0.2, 0.3)
        v <- poly(beta, 1.7, y, x)
        stopifnot(identical(colnames(attr(v, "gradient")), c(sprintf("beta[%d]", 1:3), "s")))
        residual <- y - beta[1] - beta[2]*x - beta[3]*x^2
        byhand <- c(-2*sum(residual), -2*sum(residual*x), -2*sum(residual*x^2), 2*log(1.7)/1.7)
        stopifnot(all.equal(as.vector(attr(v, "gradient")), byhand, tolerance = 1e-13))
        X <- cbind(1, x, x^2)
        stopifnot(all.equal(attr(v, "hessian")[1, 1:3, 1:3], 2*crossprod(X),
          check.attributes = FALSE, tolerance = 1e-13))
        m <- poly_model(y, x)
        par <- c(beta, 1.7)
        stopifnot(all.equal(m$gr(par), byhand, tolerance = 1e-13), m$fn(par) == as.numeric(v))
        w <- rows(c(a = 1, b = 2), 3, x)
        stopifnot(all.equal(attr(w, "gradient"),
          cbind(`beta[1]` = 1, `beta[2]` = 3*x, s = 2*x), tolerance = 1e-14))
        wrong <- tryCatch(poly(beta[1:2], 1, y, x), error = conditionMessage)
        stopifnot(identical(wrong, "beta must have length 3"))
        """,
        tmp_path,
        files | rows,
    )


def test_names_that_break_deriv_do_not_break_it(tmp_path: Path) -> None:
    """R's own ``deriv`` is silently wrong with variables called .grad, .value or .expr1."""
    names = [".grad", ".value", ".expr1", "value", "gradient", "order", "n", "t", "c", "select"]
    names += ["par", "evaluate", "expr1", "sum", "exp", "cbind", "attr", "length", "T", "pi_"]
    text = "exp(" + " + ".join(f"{name}*{i}/100" for i, name in enumerate(names, 1)) + ") + .grad^2"
    text += " + ifelse(T > 0, c, 1)*x"
    files = emitted(text, names, "odd", hessian=True)
    arguments = ", ".join(f"{i / 10}" for i in range(1, len(names) + 1))
    r(
        f"""
        source("odd.R")
        x <- c(1, 2, 3)
        v <- odd({arguments}, x)
        s <- sum((1:20)*(1:20)/1000)
        stopifnot(all.equal(as.vector(v), exp(s) + 0.01 + 0.9*x, tolerance = 1e-14))
        g <- attr(v, "gradient")
        byhand <- matrix((1:20)/100*exp(s), 3, 20, byrow = TRUE)
        byhand[, 1] <- byhand[, 1] + 0.2
        byhand[, 9] <- byhand[, 9] + x
        stopifnot(all.equal(unname(g), byhand, tolerance = 1e-13))
        m <- odd_model(x)
        stopifnot(all.equal(m$gr(c({arguments})), colSums(byhand), tolerance = 1e-13))
        """,
        tmp_path,
        files,
    )


def test_a_branch_that_is_not_taken_does_not_leak(tmp_path: Path) -> None:
    files = emitted("ifelse(x > 0, a*log(x), b*x)", ["a", "b"], "branch")
    files |= emitted("sum(ifelse(a > 0, sqrt(a)*x, -a))", ["a"], "whole")
    r(
        """
        options(warn = 2)
        source("branch.R"); source("whole.R")
        v <- branch(2, 3, c(1, exp(1)))
        stopifnot(identical(as.vector(v), c(0, 2)))
        options(warn = 0)
        w <- suppressWarnings(branch(2, 3, c(-1, exp(1))))
        stopifnot(identical(as.vector(w), c(-3, 2)),
          identical(unname(attr(w, "gradient")), cbind(c(0, 1), c(-1, 0))))
        stopifnot(identical(as.vector(suppressWarnings(whole(-2, c(1, 2, 3)))), 6))
        stopifnot(is.nan(suppressWarnings(whole(NaN, c(1, 2, 3)))))
        """,
        tmp_path,
        files,
    )


def test_rows_and_reductions_mix(tmp_path: Path) -> None:
    files = emitted("(y - a - b*(x - sum(x)/length(x)))^2", ["a", "b"], "centred")
    files |= emitted("sum(a*x - y) + sum(x)", ["a"], "recycled")
    r(
        """
        source("centred.R"); source("recycled.R")
        x <- c(1, 2, 4); y <- c(0, 1, 5); z <- x - mean(x); residual <- y - 0.5 - 2*z
        v <- centred(0.5, 2, y, x)
        stopifnot(all.equal(as.vector(v), residual^2, tolerance = 1e-14),
          all.equal(attr(v, "gradient"), cbind(a = -2*residual, b = -2*residual*z)))
        # a single x stands for every row
        w <- recycled(3, 2, y)
        stopifnot(as.vector(w) == sum(3*2 - y) + 6, attr(w, "gradient") == 6)
        """,
        tmp_path,
        files,
    )


def test_literals_are_read_by_r_as_the_same_doubles(tmp_path: Path) -> None:
    draw = random.Random(7)  # noqa: S311
    values = [abs(struct.unpack("<d", draw.randbytes(8))[0]) for _ in range(15_000)]
    values = [value for value in values if value < float("inf")]
    values += [draw.uniform(0, 10) for _ in range(10_000)]
    values += [round(draw.uniform(0, 100), draw.randrange(12)) for _ in range(5_000)]
    lines = [
        f"cat(sprintf('%a', c({', '.join(map(r_number, values[i : i + 200]))})), sep = '\\n')\n"
        for i in range(0, len(values), 200)
    ]
    read = r("cat('\\n')\n".join(lines), tmp_path, {}).split()
    assert [float.fromhex(text) for text in read] == values


# Only derivatives and their expansions make these; a user's formula never shows them.
UNSEEN = {"exp_moment", "cos_moment", "prod_others"}
UNSEEN |= {prim.name for part in (vectors, matrices, loops) for prim in part.PRIMS}
UNSEEN |= {
    *saddle.R,
    *moments.R,
    "expm1mx",
    "wright_log",
    "wright_slope",
    "wright_second",
    "wright_third",
}
UNSEEN |= {"dtweedie_log"}  # a header shows the model's own word, and R has none for it
"""What no header has or a file brings along; sizes and matrices, which the goldens show."""


def header_text(prim: Prim) -> str:
    """What a header shows for a primitive of inputs."""
    graph = Graph()
    rank = 1 if prim.jvp is not None and prim.name not in ("stack", "select") else 0
    type_ = vector(symbol("n")) if rank else REAL
    names = {name: f"in_{name}" for name in prim.params}
    nodes = [graph.input(name, type_) for name in prim.params]
    inputs = tuple(
        Input(name, node, "param", type_) for name, node in zip(names, nodes, strict=True)
    )
    attrs = 2 if prim.name in ("index", "scatter") else None
    value = graph.add(prim.name, nodes, attrs, REAL)
    function = Function("f", inputs, {"value": value}, graph, tuple(names))
    return "; ".join(model_lines(function, names, 500))


def test_headers_show_functions_that_r_has(tmp_path: Path) -> None:
    shown = {prim.name: header_text(prim) for prim in TABLE if prim.name not in UNSEEN}
    lines = [
        f"""
        names <- all.names(parse(text = {json.dumps(text)}), unique = TRUE)
        names <- names[!grepl("^(in_|expr)", names)]
        absent <- names[!vapply(names, exists, NA)]
        if (length(absent)) cat({json.dumps(name)}, absent, "\\n")
        """
        for name, text in shown.items()
    ]
    assert r("\n".join(lines), tmp_path, {}) == ""


def test_no_constructor_of_vectors_stands_in_another(tmp_path: Path) -> None:
    for text in ("sum(b*c(1, 2))", "sum(exp(b)) + a^2", "a*sum(x)*b[2]"):
        wrt = ["a", "b"] if "a" in text else ["b"]
        files = emitted(text, wrt, "m", at={"b": [1.0, 2.0]})
        assert "c(c(" not in files["m.R"], text


@pytest.mark.parametrize("factor", [2, 3, 4, 0.5, 1])
def test_multiples_of_pi_are_written_with_pi(tmp_path: Path, factor: float) -> None:
    value = factor * math.pi
    text = f"x - {value!r}*a + a/(-{value!r}) + {value!r}^a"
    files = emitted(text, ["a"], "m")
    expected = 0.25 - value * 0.75 + 0.75 / -value + value**0.75
    assert ("* pi" in files["m.R"]) == (factor >= 2)
    found = r('source("m.R"); cat(sprintf("%a", m(0.75, 0.25)))', tmp_path, files)
    assert float.fromhex(found) == pytest.approx(expected, rel=1e-15)


def test_large_functions_load_and_run_at_once(tmp_path: Path) -> None:
    """R compiles large functions for minutes; these it must not."""
    n = 1000
    terms = [f"100*(x{i + 1} - x{i}^2)^2 + (1 - x{i})^2" for i in range(1, n)]
    names = [f"x{i}" for i in range(1, n + 1)]
    files = emitted(" + ".join(terms), names, "rosenbrock")
    out = r(
        f"""
        seconds <- system.time({{
          source("rosenbrock.R")
          m <- rosenbrock_model()
          x <- 0.5 + (1:{n})/1000
          for (i in 1:3) v <- m$fn(x)
          for (i in 1:3) g <- m$gr(x)
        }})[["elapsed"]]
        i <- 1:{n - 1}
        stopifnot(all.equal(v, sum(100*(x[i + 1] - x[i]^2)^2 + (1 - x[i])^2), tolerance = 1e-13))
        byhand <- c(-400*x[i]*(x[i + 1] - x[i]^2) - 2*(1 - x[i]), 0) +
          c(0, 200*(x[i + 1] - x[i]^2))
        stopifnot(all.equal(g, byhand, tolerance = 1e-12))
        cat(seconds)
        """,
        tmp_path,
        files,
    )
    assert float(out) < 30
