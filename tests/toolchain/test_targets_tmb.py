"""Emitted TMB templates in real TMB: values, gradients and Hessians of TMB's own AD."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

from gradc.model import compile as compile_model
from gradc.run import Numbers, run_tmb_batch

pytestmark = pytest.mark.needs("tmb")

X, Y = [-1.0, 0.5, 2.0], [0.0, 1.0, 0.25]
x, y = np.array(X), np.array(Y)

Case = tuple[str, dict[str, Any], dict[str, Any], Any, dict[str, Any]]


def scalar(text: str, a: float, value: float, slope: float) -> Case:
    """A function of one parameter."""
    return text, {"a": a}, {}, value, {"a": slope}


def _centred() -> tuple[Any, Any]:
    z = x - x.mean()
    return (y - 0.5 * z) ** 2, float(np.sum(-2 * (y - 0.5 * z) * z))


PSI = special.polygamma

CASES: list[Case] = [
    (
        "sum((y - a*x)^2)",
        {"a": 0.5},
        {"x": X, "y": Y},
        float(np.sum((y - 0.5 * x) ** 2)),
        {"a": float(np.sum(-2 * (y - 0.5 * x) * x))},
    ),
    (
        "(y - a*x)^2",
        {"a": 0.5},
        {"x": X, "y": Y},
        (y - 0.5 * x) ** 2,
        {"a": float(np.sum(-2 * (y - 0.5 * x) * x))},
    ),
    (
        "sum((y - a*x)^2) + sum(x)",
        {"a": 0.5},
        {"x": 2.0, "y": Y},
        float(np.sum((y - 1) ** 2)) + 6,
        {"a": float(np.sum(-4 * (y - 1)))},
    ),
    ("(y - a*(x - mean(x)))^2", {"a": 0.5}, {"x": X, "y": Y}, _centred()[0], {"a": _centred()[1]}),
    (
        "sum((y - b[1] - b[2]*x)^2)/length(y)",
        {"b": [0.5, 0.25]},
        {"x": X, "y": Y},
        float(np.mean((y - 0.5 - 0.25 * x) ** 2)),
        {
            "b": [
                -2 * float(np.mean(y - 0.5 - 0.25 * x)),
                -2 * float(np.mean((y - 0.5 - 0.25 * x) * x)),
            ]
        },
    ),
    (
        "sum(b^2)*sum(exp(b))",
        {"b": [0.5, 0.25]},
        {},
        0.3125 * (math.exp(0.5) + math.exp(0.25)),
        {
            "b": [
                math.exp(0.5) + math.exp(0.25) + 0.3125 * math.exp(0.5),
                0.5 * (math.exp(0.5) + math.exp(0.25)) + 0.3125 * math.exp(0.25),
            ]
        },
    ),
    (
        "prod(a*x) + max(a*x) - min(a*x) + x[2]",
        {"a": 2.0},
        {"x": X},
        -8.0 + 4 + 2 + 0.5,
        {"a": -12.0 + 2 + 1},
    ),
    (
        "ifelse(x > 0 & !(x > 1), a*x, ifelse(x < 0 | x == 2, a^2, 0))",
        {"a": 3.0},
        {"x": X},
        [9.0, 1.5, 9.0],
        {"a": 12.5},
    ),
    # What only some rows need is computed in the loop, what the sum needs for all of them.
    (
        "sum(ifelse(a*y > 9, sqrt(b), a*x)) + sum(ifelse(x > 0, b, log(2*pi)*y))",
        {"a": 2.0, "b": -1.0},
        {"x": X, "y": Y},
        3.0 - 2.0,
        {"a": 1.5, "b": 2.0},
    ),
    (
        "sum(ifelse(a*x > 0, sum(log(a*x^2)), a))",
        {"a": 2.0},
        {"x": X},
        2 * math.log(8.0) + 2,
        {"a": 2 * 1.5 + 1},
    ),
    ("sum((x > 0)*a) + (a != 2)", {"a": 3.0}, {"x": X}, 7.0, {"a": 2.0}),
    ("pmin(a, x) + pmax(a, x)*2", {"a": 1.0}, {"x": X}, [1.0, 2.5, 5.0], {"a": 5.0}),
    (
        "a^2 + (-a)^3 + a^-2 + 2^a + a^2.5 + a^9",
        {"a": 2.0},
        {},
        4 - 8 + 0.25 + 4 + 2**2.5 + 512,
        {"a": 4 - 12 - 0.25 + 4 * math.log(2) + 2.5 * 2**1.5 + 9 * 256},
    ),
    scalar("(a - 3)^2 + (a - 3)^3", 1.0, -4.0, 8.0),
    scalar("1/3 + pi*a + a/0", 2.0, math.inf, math.inf),
    scalar("1/(1 + exp(-a))", -400.0, math.exp(-400), math.exp(-400)),
    scalar("1/(1 + exp(-a))", 0.0, 0.5, 0.25),
    scalar("log(1 + exp(a))", -40.0, math.exp(-40), math.exp(-40)),
    scalar("log1p(a)", 1e-10, math.log1p(1e-10), 1 - 1e-10),
    scalar("expm1(a)", 1e-10, math.expm1(1e-10), math.exp(1e-10)),
    scalar("tanh(a)", 20.0, 1.0, 1 / math.cosh(20) ** 2),
    scalar("asin(a) + acos(a)*2", 0.3, math.asin(0.3) + 2 * math.acos(0.3), -1 / math.sqrt(0.91)),
    scalar("atan2(a, -1)", 0.0, math.pi, -1.0),
    scalar(
        "asinh(a) + acosh(a + 2) + atanh(a)",
        0.3,
        math.asinh(0.3) + math.acosh(2.3) + math.atanh(0.3),
        1 / math.sqrt(1.09) + 1 / math.sqrt(1.3 * 3.3) + 1 / 0.91,
    ),
    scalar(
        "sinpi(a) + cospi(a)*2 + tanpi(a)",
        0.2,
        math.sin(0.2 * math.pi) + 2 * math.cos(0.2 * math.pi) + math.tan(0.2 * math.pi),
        math.pi
        * (
            math.cos(0.2 * math.pi) - 2 * math.sin(0.2 * math.pi) + 1 / math.cos(0.2 * math.pi) ** 2
        ),
    ),
    scalar(
        "erf(a) + 3*erfc(a)",
        0.7,
        math.erf(0.7) + 3 * math.erfc(0.7),
        -4 / math.sqrt(math.pi) * math.exp(-0.49),
    ),
    scalar(
        "lgamma(a) + digamma(a) + trigamma(a) + psigamma(a, 3)",
        2.3,
        math.lgamma(2.3) + float(PSI(0, 2.3) + PSI(1, 2.3) + PSI(3, 2.3)),
        float(PSI(0, 2.3) + PSI(1, 2.3) + PSI(2, 2.3) + PSI(4, 2.3)),
    ),
    scalar(
        "gamma(a)",
        -1.5,
        float(special.gamma(-1.5)),
        float(special.gamma(-1.5) * special.digamma(-1.5)),
    ),
    scalar(
        "beta(a, 3) + lbeta(2, a)",
        2.5,
        float(special.beta(2.5, 3) + special.betaln(2, 2.5)),
        float(special.beta(2.5, 3) * (PSI(0, 2.5) - PSI(0, 5.5)) + PSI(0, 2.5) - PSI(0, 4.5)),
    ),
    scalar(
        "choose(a, 2) + lchoose(a, 3)",
        7.5,
        7.5 * 6.5 / 2 + math.log(7.5 * 6.5 * 5.5 / 6),
        7.0 + 1 / 7.5 + 1 / 6.5 + 1 / 5.5,
    ),
    scalar(
        "besselI(a, 0) + besselK(a, 1)",
        1.5,
        float(special.i0(1.5) + special.k1(1.5)),
        float(special.i1(1.5) - special.k0(1.5) - special.k1(1.5) / 1.5),
    ),
    scalar(
        "log(besselI(a, 0))",
        750.0,
        float(np.log(special.ive(0, 750.0)) + 750),
        float(special.ive(1, 750.0) / special.ive(0, 750.0)),
    ),
    scalar(
        "floor(a) + ceiling(a) + round(a) + trunc(a) + sign(a) + a",
        -2.5,
        -3.0 - 2 - 2 - 2 - 1 - 2.5,
        1.0,
    ),
    scalar("(a %% 3) + (7 %% a) + (a %/% 2)", -2.5, 0.5 - 0.5 - 2, 1.0 - math.floor(7 / -2.5)),
    scalar("sqrt(a^2 + (2*a)^2) + abs(a)", -3.0, math.sqrt(45.0) + 3, -math.sqrt(5.0) - 1),
    scalar(
        "a*log(a) + (1 - a)*log(1 - a)",
        0.25,
        0.25 * math.log(0.25) + 0.75 * math.log(0.75),
        math.log(1 / 3),
    ),
    scalar(
        "log10(a) + log2(a)", 8.0, math.log10(8) + 3, 1 / 8 / math.log(10) + 1 / 8 / math.log(2)
    ),
    scalar("ifelse(a > 0, log(a) + digamma(a), a)", -1.0, -1.0, 1.0),
]
# Words that C++, R's headers or TMB's macros take away, and functions that the template calls.
TAKEN = ["Type", "PI", "n", "i", "exp", "nll", "value", "vector", "error", "length", "data", "int"]
TAKEN += ["DATA_VECTOR", "x.y", "_A", "objective_function", "t1", "recycle", "this", "extra"]
SUM = " + ".join(f"`{name}`*{k}/8" for k, name in enumerate(TAKEN, 1))
_AT = {name: k / 16 for k, name in enumerate(TAKEN, 1)}
_TOTAL = sum(k * k for k in range(1, len(TAKEN) + 1)) / 128
CASES.append(
    (
        f"exp({SUM} - {_TOTAL})*z^2",
        _AT,
        {"z": [1.0, 2.0]},
        [1.0, 4.0],
        {name: 5 * k / 8 for k, name in enumerate(TAKEN, 1)},
    )
)


@pytest.fixture(scope="module")
def answers() -> list[Any]:
    """All cases, compiled together."""
    programs, points = [], []
    for text, params, data, _, _ in CASES:
        at = {name: v for name, v in params.items() if isinstance(v, list)}
        programs.append(compile_model(text, wrt=list(params), at=at, name="m").program("tmb"))
        points.append([{**params, **data}])
    return [found for (found,) in run_tmb_batch(programs, points, timeout=600)]


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case[0][:40] for case in CASES])
def test_value_and_gradient_by_hand(index: int, answers: list[Any]) -> None:
    _, _, _, value, gradient = CASES[index]
    found = answers[index]
    assert isinstance(found, Numbers), found
    np.testing.assert_allclose(found.value, value, rtol=3e-14, atol=0)
    for name, expected in gradient.items():
        np.testing.assert_allclose(found.gradient[name], expected, rtol=1e-12, atol=0)


LEAKS = {
    "ifelse(a > 0, log(a) + digamma(a), a^2)": (2.0, -0.6541138063191886),
    "ifelse(a > 0, sqrt(a), a^2)": (2.0, -0.25 * 2.0**-1.5),
    "ifelse(a > 0, a^1.5, a^2)": (2.0, 0.75 * 2.0**-0.5),
    "ifelse(a > 0, 1/(a + 1), a^2)": (2.0, 2 / 27),
    "p <- log(a)\nifelse(a < -2, a, ifelse(a <= 0, a^2, p + 1/p))": (
        2.0,
        -0.25 + 0.25 / math.log(2) ** 2 + 0.5 / math.log(2) ** 3,
    ),
}


def test_branches_that_are_not_taken_leak_in_no_derivative() -> None:
    programs = [
        compile_model(text, wrt=["a"], name="m").program("tmb", hessian=True) for text in LEAKS
    ]
    points: list[list[dict[str, Any]]] = [[{"a": -1.0}, {"a": 0.0}, {"a": 2.0}] for _ in LEAKS]
    answers = run_tmb_batch(programs, points, timeout=600)
    for (below, above), found in zip(LEAKS.values(), answers, strict=True):
        numbers = [answer for answer in found if isinstance(answer, Numbers)]
        assert [n.gradient["a"] for n in numbers[:2]] == [-2.0, 0.0]
        seconds = [n.hessian["a"]["a"] for n in numbers if n.hessian]
        np.testing.assert_allclose(seconds, [below, below, above], rtol=1e-12)


def test_the_driver_compiles_fits_and_reports(tmp_path: Path) -> None:
    text = "eta <- a + b*dose\nsum(n*log(1 + exp(eta)) - dead*eta)"
    model = compile_model(text, wrt=["a", "b"], name="dose_response")
    for name, source in model.emit("tmb").items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "elsewhere" / "script.R"
    script.write_text(
        """
        source("../dose_response_tmb.R")
        data <- list(dose = c(-1, -0.5, 0, 0.5, 1), n = 20L, dead = c(1L, 4L, 9L, 15L, 19L))
        parameters <- list(a = 0, b = 0)
        cpp <- "../dose_response.cpp"
        obj <- dose_response_tmb(data, parameters, cpp = cpp, flags = "-O0")
        before <- file.mtime(TMB::dynlib("../dose_response"))
        fit <- dose_response_tmb_fit(data, parameters, cpp = cpp)
        stopifnot(identical(before, file.mtime(TMB::dynlib("../dose_response"))))
        glm_fit <- glm(cbind(dead, 20 - dead) ~ dose, binomial, data)
        stopifnot(
          all.equal(unname(fit$fit$par), unname(coef(glm_fit)), tolerance = 1e-3),
          all.equal(unname(sqrt(diag(fit$report$cov.fixed))),
            unname(sqrt(diag(vcov(glm_fit)))), tolerance = 1e-3)
        )
        wrong <- tryCatch(dose_response_tmb(data[1:2], parameters, cpp = cpp),
          error = conditionMessage)
        stopifnot(identical(wrong, "no value for dead"))
        bad <- tryCatch(dose_response_tmb(modifyList(data, list(n = 1:2)), parameters, cpp = cpp),
          error = conditionMessage)
        stopifnot(grepl("must have one length", bad))
        """,
        encoding="utf-8",
    )
    rscript = shutil.which("Rscript")
    assert rscript is not None
    done = subprocess.run(
        [rscript, "--vanilla", "script.R"],
        cwd=script.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
