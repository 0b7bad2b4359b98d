"""Planted faults in right gradients: the cause that is named first, and its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import gradc
from gradc.checking import floats
from gradc.checking.causes import causes
from gradc.checking.comparison import Cause, Comparison, Sample
from gradc.verify.oracle import true_values

Draw = Callable[[np.random.Generator], Any]
ROWS = 6
POINTS = 4


def _real(low: float, high: float) -> Draw:
    return lambda rng: float(rng.uniform(low, high))


def _vector(low: float, high: float, count: int = ROWS) -> Draw:
    return lambda rng: rng.uniform(low, high, count).tolist()


def _bernoulli(rng: np.random.Generator) -> list[float]:
    return [0.0, 1.0, *rng.integers(0, 2, ROWS - 2).astype(float).tolist()]


def _matrix(rng: np.random.Generator) -> list[list[float]]:
    return rng.normal(size=(ROWS, 3)).tolist()


_XY = "DATA_VECTOR(x)\nDATA_VECTOR(y)\nPARAMETER(a)\nPARAMETER(b)\n"
_Y = "DATA_VECTOR(y)\nPARAMETER(m)\nPARAMETER(s)\n"
_XB = "DATA_MATRIX(X)\nDATA_VECTOR(y)\nPARAMETER_VECTOR(beta, rep(0, 3))\n"
_AB: dict[str, Draw] = {"a": _real(0.3, 1.5), "b": _real(0.3, 1.5)}
_REAL: dict[str, Draw] = {"x": _vector(-1.5, 2), "y": _vector(-1.5, 2), **_AB}
_POSITIVE: dict[str, Draw] = {"x": _vector(0.3, 2.5), "y": _vector(0.3, 2.5), **_AB}
_MS: dict[str, Draw] = {"y": _vector(0.3, 2.5), "m": _real(0.5, 1.5), "s": _real(0.5, 1.5)}
_LINEAR: dict[str, Draw] = {
    "X": _matrix,
    "y": _vector(-1, 2),
    "beta": _vector(-1, 1, 3),
}

# Name: declarations, function, right gradient, points.
MODELS: dict[str, tuple[str, str, str, dict[str, Draw]]] = {
    "logistic": (
        _XY,
        "p <- 1/(1 + exp(-(a + b*x)))\n-sum(y*log(p) + (1 - y)*log(1 - p))\n",
        "p <- 1/(1 + exp(-(a + b*x)))\nr <- p - y\nc(sum(r), sum(r*x))\n",
        {**_REAL, "y": _bernoulli},
    ),
    "squares": (
        _XY,
        "p <- 1/(1 + exp(-(a + b*x)))\nsum((y - p)^2)\n",
        "p <- 1/(1 + exp(-(a + b*x)))\ndp <- p*(1 - p)\n"
        "c(sum(-2*(y - p)*dp), sum(-2*(y - p)*dp*x))\n",
        _REAL,
    ),
    "decay": (
        _XY,
        "sum((y - a*exp(-b*x))^2)/2\n",
        "e <- exp(-b*x)\nr <- y - a*e\nc(-sum(r*e), sum(r*a*x*e))\n",
        _POSITIVE,
    ),
    "normal": (
        _Y,
        "sum(0.5*((y - m)/exp(s))^2 + s)\n",
        "z <- (y - m)/exp(s)\nc(-sum(z)/exp(s), length(y) - sum(z^2))\n",
        _MS,
    ),
    "poisson": (
        _XY,
        "sum(exp(a + b*x) - y*(a + b*x))\n",
        "mu <- exp(a + b*x)\nc(sum(mu - y), sum((mu - y)*x))\n",
        _REAL,
    ),
    "gamma": (
        _Y,
        "sum(lgamma(m) + m*log(s) - (m - 1)*log(y) + y/s)\n",
        "n <- length(y)\nc(n*digamma(m) + n*log(s) - sum(log(y)), n*m/s - sum(y)/s^2)\n",
        _MS,
    ),
    "ridge": (
        _XB,
        "r <- y - X %*% beta\n0.5*sum(r^2) + 0.7*sum(beta^2)\n",
        "r <- as.vector(X %*% beta) - y\nas.vector(t(X) %*% r) + 1.4*beta\n",
        _LINEAR,
    ),
    "mean": (
        _XB,
        "eta <- X %*% beta\nmean(log(1 + exp(eta)) - y*eta)\n",
        "p <- plogis(as.vector(X %*% beta))\nas.vector(t(X) %*% (p - y))/length(y)\n",
        _LINEAR,
    ),
    "wave": (
        _XY,
        "sum((y - a*sin(b*x))^2)\n",
        "u <- b*x\nr <- y - a*sin(u)\nc(-2*sum(r*sin(u)), -2*sum(r*a*cos(u)*x))\n",
        _REAL,
    ),
    "huber": (
        _XY,
        "r <- y - a - b*x\nsum(ifelse(abs(r) < 1, r^2/2, abs(r) - 0.5))\n",
        "r <- y - a - b*x\npsi <- ifelse(abs(r) < 1, r, sign(r))\nc(-sum(psi), -sum(psi*x))\n",
        {**_REAL, "y": _vector(-3, 5)},
    ),
    "valley": (
        "PARAMETER_VECTOR(v, c(-1.2, 1))\n",
        "100*(v[2] - v[1]^2)^2 + (1 - v[1])^2\n",
        "c(-400*v[1]*(v[2] - v[1]^2) - 2*(1 - v[1]), 200*(v[2] - v[1]^2))\n",
        {"v": _vector(-1.5, 1.5, 2)},
    ),
    "decimal": (
        _XY,
        "sum((y - a*log10(x) - b*x)^2)\n",
        "r <- y - a*log10(x) - b*x\nc(sum(-2*r*log10(x)), sum(-2*r*x))\n",
        _POSITIVE,
    ),
}

Truth = tuple[gradc.Model, list[dict[str, Any]], list[np.ndarray], tuple[str, ...]]


@cache
def _truth(name: str) -> Truth:
    head, value, _, draws = MODELS[name]
    model = gradc.compile(head + value)
    rng = np.random.default_rng(7)
    points = [{key: draw(rng) for key, draw in draws.items()} for _ in range(POINTS)]
    expected, labels = [], ()
    for point in points:
        cells = true_values(model.stages.plain_gradient, point).cells
        rows = {w: [float(c.mid()) for c in cells[f"gradient:{w}"]] for w in model.wrt}
        expected.append(np.array([x for row in rows.values() for x in row]))
        labels = tuple(
            f"gradient:{w}" if len(row) == 1 else f"gradient:{w}[{k}]"
            for w, row in rows.items()
            for k, _ in enumerate(row, 1)
        )
    return model, points, expected, labels


def _compared(name: str, gradient: str, *, readable: bool = True) -> Comparison:
    model, points, expected, labels = _truth(name)
    claimed = gradc.compile(MODELS[name][0] + gradient, wrt=list(model.wrt)).function_
    samples = []
    for point, true in zip(points, expected, strict=True):
        inputs = floats.bound(point, point)
        value = floats.evaluate(claimed.graph, [claimed.value], inputs)[claimed.value]
        got = np.asarray(value, dtype=float).ravel(order="F")
        room = np.full(len(true), 1e-13 * np.max(np.abs(true)))
        samples.append(Sample(point, got, true, room))
    return Comparison(
        model.function_,
        model.stages.plain_gradient,
        claimed if readable else None,
        tuple(samples),
        labels,
    )


def _found(name: str, old: str, new: str, *, readable: bool = True) -> Cause:
    right = MODELS[name][2]
    assert old in right
    found = causes(_compared(name, right.replace(old, new, 1), readable=readable))
    assert found
    return found[0]


@pytest.mark.parametrize("name", MODELS)
def test_right_gradient_has_no_cause(name: str) -> None:
    assert causes(_compared(name, MODELS[name][2])) == []


# Model, right text, wrong text, cause, and what the place's text may be.
FAULTS = [
    ("logistic", "p - y", "y - p", "sign", {"y - p"}),
    ("logistic", "-(a + b*x)", "(a + b*x)", "sign", {"a + b*x", "exp((a + b*x))"}),
    ("logistic", "sum(r*x)", "sum(r)", "missing-factor", {"sum(r)", "r"}),
    ("logistic", "sum(r*x)", "sum(r*y)", "wrong-step", {"y", "r*y"}),
    ("logistic", "sum(r)", "mean(r)", "sum-or-mean", {"mean(r)"}),
    ("squares", "dp <- p*(1 - p)", "dp <- p*(1 + p)", "wrong-step", {"1 + p"}),
    ("squares", "dp <- p*(1 - p)", "dp <- p*p", "wrong-step", {"p", "p*p"}),
    ("squares", "dp*x", "x", "missing-factor", {"-2*(y - p)*x", "x", "-2*(y - p)", "y - p"}),
    ("squares", "(y - p)*dp*x", "(y + p)*dp*x", "wrong-step", {"y + p"}),
    ("squares", "-2*(y - p)*dp)", "-1*(y - p)*dp)", "dropped-half", {"1", "-1*(y - p)", "-1"}),
    ("decay", "-b*x", "-b*y", "wrong-step", {"y", "-b*y"}),
    ("decay", "exp(-b*x)", "expm1(-b*x)", "wrong-step", {"expm1(-b*x)"}),
    ("decay", "r*a*x*e", "r*a*e", "missing-factor", {"r*a*e", "r*a", "e", "a", "sum(r*a*e)"}),
    ("decay", "r*a*x*e", "r*a*x*x*e", "wrong-step", {"r*a*x*x", "x", "r*a*x"}),
    ("normal", "z^2", "z^3", "wrong-step", {"z^3", "3"}),
    ("normal", "length(y) - sum", "length(y) + sum", "wrong-step", {"length(y) + sum(z^2)"}),
    ("normal", "-sum(z)/exp(s)", "-sum(z)*exp(s)", "wrong-step", {"-sum(z)*exp(s)"}),
    ("poisson", "exp(a + b*x)", "exp(a - b*x)", "wrong-step", {"a - b*x"}),
    ("poisson", "(mu - y)*x", "mu*x", "wrong-step", {"mu*x", "mu"}),
    ("gamma", "digamma(m)", "lgamma(m)", "wrong-step", {"lgamma(m)"}),
    ("gamma", "s^2", "s", "wrong-step", {"s", "sum(y)/s"}),
    ("gamma", "sum(log(y))", "sum(log10(y))", "log-base", {"log10(y)"}),
    ("ridge", " + 1.4*beta", "", "wrong-step", {"t(X) %*% r", "as.vector(t(X) %*% r)"}),
    ("ridge", "1.4*beta", "0.7*beta", "wrong-step", {"0.7*beta", "0.7"}),
    ("mean", "/length(y)", "", "sum-or-mean", {"t(X) %*% (p - y)", "t(X)", "p - y"}),
    ("mean", "plogis", "exp", "wrong-step", {"exp(as.vector(X %*% beta))"}),
    ("wave", "cos(u)", "sin(u)", "wrong-step", {"sin(u)"}),
    ("wave", "a*cos(u)*x", "cos(u)*x", "missing-factor", {"r*cos(u)", "r*cos(u)*x", "cos(u)"}),
    ("huber", "abs(r) < 1", "abs(r) > 1", "wrong-step", {"abs(r) > 1"}),
    (
        "huber",
        "r, sign(r)",
        "sign(r), r",
        "wrong-step",
        {"ifelse(abs(r) < 1, sign(r), r)", "abs(r) < 1"},
    ),
    ("huber", "sign(r)", "1", "wrong-step", {"1", "ifelse(abs(r) < 1, r, 1)"}),
    ("valley", "200*(v[2]", "200*(v[1]", "wrong-step", {"v[1]", "v[1] - v[1]^2", "v"}),
    ("valley", "-400", "-200", "wrong-step", {"200", "-200", "-200*v[1]"}),
    ("valley", "2*(1 - v[1])", "(1 - v[1])", "dropped-half", {"1 - v[1]", "(1 - v[1])"}),
    ("decimal", "r*log10(x))", "r*log(x))", "log-base", {"log(x)", "-2*r*log(x)"}),
]


@pytest.mark.parametrize(("model", "old", "new", "cause", "places"), FAULTS)
def test_planted_fault(model: str, old: str, new: str, cause: str, places: set[str]) -> None:
    found = _found(model, old, new)
    assert found.proved
    assert found.span is not None
    assert found.span.text in places
    assert found.name == cause
    assert any("come" in line for line in found.evidence)


# What is found in the numbers of a gradient that gradc cannot read.
UNREADABLE = [
    ("logistic", "c(sum(r), sum(r*x))", "c(-sum(r), -sum(r*x))", "sign", -1.0),
    ("decay", "c(-sum(r*e), sum(r*a*x*e))", "c(-2*sum(r*e), 2*sum(r*a*x*e))", "dropped-half", 2.0),
    ("mean", "/length(y)", "", "sum-or-mean", 6.0),
    ("wave", "c(-2*sum(r*sin(u)), -2*sum", "c(-3*sum(r*sin(u)), -3*sum", "constant-factor", 1.5),
    ("logistic", "c(sum(r), sum(r*x))", "c(sum(r*x), sum(r))", "permuted", None),
    ("decimal", "c(sum(-2*r*log10(x))", "c(log(10)*sum(-2*r*log10(x))", "log-base", np.log(10)),
    ("poisson", "sum((mu - y)*x)", "0", "detached", 0.0),
    ("logistic", "sum(r*x)", "sum(r)", "other-quantity", None),
]


@pytest.mark.parametrize(("model", "old", "new", "cause", "ratio"), UNREADABLE)
def test_numbers_alone(model: str, old: str, new: str, cause: str, ratio: float | None) -> None:
    found = _found(model, old, new, readable=False)
    assert found.name == cause
    assert found.span is None
    assert found.ratio == (None if ratio is None else pytest.approx(ratio))


def test_derivative_by_a_step_of_the_function() -> None:
    found = causes(_compared("decay", "c(-sum(y - a*exp(-b*x)), 1.5)\n", readable=False))
    by_step = [cause for cause in found if cause.name == "other-quantity"]
    assert by_step
    assert by_step[0].primal is not None
    assert by_step[0].primal.text == "a*exp(-b*x)"


def test_factor_of_the_chain_rule_is_named() -> None:
    right = MODELS["squares"][2].replace("dp <- p*(1 - p)\n", "").replace("*dp", "")
    found = causes(_compared("squares", right))
    assert found == [] or found[0].name in ("missing-factor", "unknown", "other-quantity")


def test_rows_that_are_not_summed() -> None:
    model, points, expected, labels = _truth("poisson")
    samples = []
    for point, true in zip(points, expected, strict=True):
        x, y = np.array(point["x"]), np.array(point["y"])
        r = np.exp(point["a"] + point["b"] * x) - y
        samples.append(Sample(point, np.concatenate([r, r * x]), true, np.zeros(2)))
    function = model.function_
    stages = model.stages
    found = causes(Comparison(function, stages.plain_gradient, None, tuple(samples), labels))
    assert found[0].name == "sum-or-mean"


def test_long_gradient_is_bounded() -> None:
    terms = 400
    text = "s <- " + " + ".join(f"sin({k}*x)" for k in range(1, terms)) + "\n"
    gradient = text + "p <- 1/(1 + exp(-(a + b*x)))\nr <- p - y + 0*s\nc(sum(r), sum(r*y))\n"
    found = causes(_compared("logistic", gradient))
    assert found
