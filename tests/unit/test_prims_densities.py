"""What calls of densities mean, what is refused, and what emitted code looks like."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest
from flint import arb, ctx

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.prims import TABLE
from gradc.verify import true_values


def true_of(call: str, **point: float) -> dict[str, Any]:
    """True value and gradient of a call, by gradc's oracle."""
    model = compile_model(call, wrt=[name for name in point if name != "k"])
    return dict(true_values(model.stages.gradient, point).cells)


def close(got: Any, expected: Any) -> bool:
    with mpmath.workdps(60), ctx.workprec(250):
        exact = arb(mpmath.nstr(expected() if callable(expected) else expected, 50))
        return bool(abs(got - exact) <= abs(exact) * arb("1e-25") + arb("1e-300"))


def beta_density(x: Any, a: Any, b: Any) -> Any:
    x, a, b = map(mpmath.mpf, (x, a, b))
    return x ** (a - 1) * (1 - x) ** (b - 1) / mpmath.beta(a, b)


CALLS: list[tuple[str, dict[str, float], Any]] = [
    ("dlnorm(x)", {"x": 2.0}, lambda: mpmath.npdf(mpmath.log(2)) / 2),
    ("dexp(x)", {"x": 2.0}, lambda: mpmath.exp(-2)),
    ("dexp(x, 3, TRUE)", {"x": 2.0}, lambda: mpmath.log(3) - 6),
    ("dgamma(x, 2)", {"x": 3.0}, lambda: 3 * mpmath.exp(-3)),
    ("dgamma(x, 2, 4)", {"x": 3.0}, lambda: 48 * mpmath.exp(-12)),
    ("dgamma(x, 2, scale = 0.25)", {"x": 3.0}, lambda: 48 * mpmath.exp(-12)),
    ("dgamma(x, 2, 4, 0.25)", {"x": 3.0}, lambda: 48 * mpmath.exp(-12)),
    ("dchisq(x, 4)", {"x": 3.0}, lambda: mpmath.mpf(3) / 4 * mpmath.exp(-1.5)),
    ("dbeta(x, 2, 3)", {"x": 0.25}, lambda: beta_density(0.25, 2, 3)),
    ("dt(x, 1)", {"x": 2.0}, lambda: 1 / (5 * mpmath.pi)),
    (
        "dt(x, df = 1, log = TRUE)",
        {"x": 1e200},
        lambda: -mpmath.log(mpmath.pi * (1 + mpmath.mpf(1e200) ** 2)),
    ),
    ("df(x, 2, 2)", {"x": 3.0}, lambda: mpmath.mpf(1) / 16),
    ("dcauchy(x, 1, 2)", {"x": 3.0}, lambda: 1 / (4 * mpmath.pi)),
    ("dlogis(x, 1, 2)", {"x": 3.0}, lambda: mpmath.exp(-1) / (1 + mpmath.exp(-1)) ** 2 / 2),
    ("dweibull(x, 2)", {"x": 3.0}, lambda: 6 * mpmath.exp(-9)),
    ("dunif(x)", {"x": 0.5}, 1),
    ("dunif(x, 1, 5)", {"x": 0.5}, 0),
    ("dpois(k, m)", {"k": 2.0, "m": 3.0}, lambda: mpmath.mpf(9) / 2 * mpmath.exp(-3)),
    ("dbinom(k, 4, p)", {"k": 2.0, "p": 0.5}, lambda: mpmath.mpf(3) / 8),
    ("dnbinom(k, 2, p)", {"k": 1.0, "p": 0.5}, lambda: mpmath.mpf(1) / 4),
    ("dnbinom(k, 2, mu = m)", {"k": 1.0, "m": 2.0}, lambda: mpmath.mpf(1) / 4),
    ("dnbinom2(k, m, 4)", {"k": 1.0, "m": 2.0}, lambda: mpmath.mpf(1) / 4),
    ("dgeom(k, p)", {"k": 2.0, "p": 0.25}, lambda: mpmath.mpf(9) / 64),
    ("dmultinom(c(1, 2), prob = c(a, 3))", {"a": 1.0}, lambda: mpmath.mpf(27) / 64),
    ("dmultinom(c(1, 2), 3, c(a, 3), TRUE)", {"a": 1.0}, lambda: mpmath.log(mpmath.mpf(27) / 64)),
]


@pytest.mark.parametrize(("call", "point", "expected"), CALLS, ids=[call[0] for call in CALLS])
def test_calls_mean_what_they_mean_in_r(call: str, point: dict[str, float], expected: Any) -> None:
    (got,) = true_of(call, **point)["value"]
    assert close(got, expected)


def test_a_multinomial_size_that_is_not_the_sum_has_no_value() -> None:
    model = compile_model("dmultinom(c(1, 2), n, c(a, 3))", wrt=["a"])
    assert true_values(model.stages.value, {"a": 1.0, "n": 4.0}).states["value"] == ("undefined",)


# A point outside of the support, or at its edge, and the gradient that the logarithm has there.
EDGES: list[tuple[str, dict[str, float], float, dict[str, float]]] = [
    ("dpois(k, m, TRUE)", {"k": 0, "m": 0}, 0, {"m": -1}),
    ("dpois(k, m, TRUE)", {"k": -1, "m": 2}, -math.inf, {"m": 0}),
    ("dpois(k, m, TRUE)", {"k": 1.5, "m": 2}, -math.inf, {"m": 0}),
    ("dbinom(k, 5, p, TRUE)", {"k": 0, "p": 0}, 0, {"p": -5}),
    ("dbinom(k, 5, p, TRUE)", {"k": 5, "p": 1}, 0, {"p": 5}),
    ("dbinom(k, 5, p, TRUE)", {"k": 6, "p": 0.5}, -math.inf, {"p": 0}),
    ("dnbinom(k, s, p, log = TRUE)", {"k": 0, "s": 2, "p": 1}, 0, {"s": 0, "p": 2}),
    ("dgeom(k, p, TRUE)", {"k": 0, "p": 1}, 0, {"p": 1}),
    ("dexp(x, r, TRUE)", {"x": -1, "r": 2}, -math.inf, {"x": 0, "r": 0}),
    ("dexp(x, r, TRUE)", {"x": 0, "r": 1}, 0, {"x": -1, "r": 1}),
    ("dgamma(x, a, r, log = TRUE)", {"x": -1, "a": 2, "r": 2}, -math.inf, {"x": 0, "a": 0, "r": 0}),
    ("dbeta(x, a, b, log = TRUE)", {"x": 2, "a": 2, "b": 2}, -math.inf, {"x": 0, "a": 0, "b": 0}),
    ("dweibull(x, a, s, TRUE)", {"x": 0, "a": 1, "s": 1}, 0, {"x": -1, "s": -1}),
    ("dlnorm(x, m, s, TRUE)", {"x": 0, "m": 1, "s": 1}, -math.inf, {"x": 0, "m": 0, "s": 0}),
    ("dunif(x, a, b, TRUE)", {"x": 3, "a": 1, "b": 2}, -math.inf, {"x": 0, "a": 0, "b": 0}),
]


@pytest.mark.parametrize(("call", "point", "value", "gradient"), EDGES)
def test_edges(
    call: str, point: dict[str, float], value: float, gradient: dict[str, float]
) -> None:
    wrt = [name for name in point if name != "k"]
    model = compile_model(call, wrt=wrt)
    cells = true_values(model.stages.gradient, point).cells
    assert float(cells["value"][0]) == value
    assert {name: float(cells[f"gradient:{name}"][0]) for name in gradient} == gradient
    got, slopes = model.function("numpy")(**point)
    assert float(got) == value
    assert {name: float(slopes[name]) for name in gradient} == gradient


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("dt(x, 5, 1)", "'ncp' is not available"),
        ("dchisq(x, 5, ncp = 1)", "'ncp' is not available"),
        ("dbeta(x, 5, 3, 1)", "'ncp' is not available"),
        ("df(x, 5, 3, 1)", "'ncp' is not available"),
        ("dgamma(x, 2, 3, 4)", "give one of them"),
        ("dbeta(x, 2, sh = 3)", "'sh' may mean 'shape1' or 'shape2'"),
        ("dnbinom(k, 2, 0.5, 3)", "'prob' and 'mu' are both given"),
        ("dnbinom(k, 2)", "the argument 'prob' of 'dnbinom' is missing"),
        ("dpois(k, -1)", "must not be negative"),
        ("dbinom(k, 4, 2)", "'prob' must be between 0 and 1"),
        ("dexp(x, log = y > 1)", "'log' must be known"),
        ("dtweedie(x, m, f, 2)", "the power 'p' must be between 1 and 2"),
        ("dtweedie(x, m, -1, 1.5)", "the dispersion 'phi' must be positive"),
        ("qmultinom(0.5, 3)", "which has 'dmultinom' alone"),
    ],
)
def test_what_is_refused(call: str, words: str) -> None:
    with pytest.raises(GradcError) as caught:
        compile_model(call)
    assert words in caught.value.diagnostics[0].message


@pytest.mark.parametrize(
    "call", ["dpois(a, 2)", "dbinom(a, 5, 0.5)", "dbinom(2, a, 0.5)", "dnbinom(a, 2, 0.5)"]
)
def test_a_count_has_no_derivative(call: str) -> None:
    with pytest.raises(GradcError, match="G301"):
        compile_model(call, wrt=["a"]).emit("numpy")


def test_a_density_whose_logarithm_is_taken_is_its_logarithm() -> None:
    for call in ("log(dpois(k, m))", "log(dnorm(x, m, s))"):
        names = {record[0] for record in compile_model(call, wrt=["m"]).stages.value.graph.records}
        assert not {"exp", "log", "dnorm"} & names


def line(model: Model, target: str, file: str, word: str) -> str:
    return next(x.strip() for x in model.emit(target)[file].splitlines() if word in x)


def test_emitted_code_reads_as_a_person_would_write_it() -> None:
    normal = compile_model("dnorm(x, m, s, log = TRUE)", wrt=["m", "s"])
    assert line(normal, "r", "model.R", "value <-") == "value <- dnorm(x, m, s, log = TRUE)"
    assert "dnorm(x(i), m, s, true)" in normal.emit("tmb")["model.cpp"]
    count = compile_model("dpois(k, exp(a), log = TRUE)", wrt=["a"])
    assert line(count, "r", "model.R", "value <-") == "value <- dpois(k, expr1, log = TRUE)"
    for call in ("dnbinom(k, s, mu = m, log = TRUE)", "dweibull(x, s, m, log = TRUE)"):
        shown = compile_model(call, wrt=["s", "m"]).emit("numpy")["model_numpy.py"]
        assert f"#   {call}" in shown


def test_data_that_count_have_no_cotangent_in_tensorflow() -> None:
    """A count is data there, and what nobody asks for is NaN, never a silent 0."""
    model = compile_model("dpois(k, m, log = TRUE)", wrt=["m"])
    outputs = model.stages.vjp.outputs
    graph = model.stages.vjp.graph
    assert math.isnan(graph.value(graph.args(outputs["cotangent:k"])[0]))
    assert not graph.is_const(outputs["cotangent:m"])


def test_every_logarithm_of_a_density_has_its_arguments_from_r() -> None:
    assert TABLE["dgamma_log"].params == ("x", "shape", "scale")
    assert TABLE["dnbinom_mu_log"].params == ("x", "size", "mu")
