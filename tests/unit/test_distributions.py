"""What distribution functions and quantiles mean when a model calls them."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest
from distributions import SHAPED, closed_cases, quantile_cases
from flint import arb, ctx
from structure import difference

from gradc.errors import GradcError
from gradc.model import compile as compile_model
from gradc.prims import TABLE
from gradc.verify import true_values

CALLS = [call for call, _ in (*closed_cases(), *quantile_cases(), *quantile_cases(SHAPED))]


@pytest.mark.parametrize("call", CALLS)
def test_a_printed_model_is_read_back_as_it_was(call: str) -> None:
    model = compile_model(call)
    assert difference(model.function_, compile_model(model.r_model()).function_) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("pchisq(x, 3, ncp = 1)", "'pchisq' is available without the noncentrality 'ncp' only"),
        ("pbeta(x, 3, 2, 1)", "'pbeta' is available without the noncentrality 'ncp' only"),
        ("pt(x, 3, ncp = y)", "'pt' is available without the noncentrality 'ncp' only"),
        ("pf(x, 3, 2, ncp = 0)", "'pf' is available without the noncentrality 'ncp' only"),
        ("pgamma(x, a, rate = 2, scale = 3)", "'pgamma' takes 'rate' or 'scale', not both"),
        ("pgamma(x, a, -1)", "the arguments 'rate', 'scale' and 'shape' must be positive"),
        ("pgamma(x, 0)", "the arguments 'rate', 'scale' and 'shape' must be positive"),
        ("pnbinom(x, 3)", "'pnbinom' takes one of 'prob' and 'mu'"),
        ("pnbinom(x, 3, p, m)", "'pnbinom' takes one of 'prob' and 'mu'"),
        ("pexp(x, -2)", "the argument 'rate' must be positive"),
        ("qweibull(p, 2, 0)", "the argument 'scale' must be positive"),
        ("pexp(x, lower.tail = y)", "'lower.tail' must be known when the model is compiled"),
        ("qexp(x, log.p = y)", "'log.p' must be known when the model is compiled"),
        ("pweibull(x)", "shape"),
        ("pexp(x, shape = 3)", "'pexp' has no argument 'shape'"),
    ],
)
def test_what_is_refused(call: str, words: str) -> None:
    with pytest.raises(GradcError) as caught:
        compile_model(call)
    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].span.text in call


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("call", "point"),
    [
        ("pexp(1, r)", {"r": -2.0}),
        ("pweibull(1, k, s)", {"k": -2.0, "s": 1.0}),
        ("pgamma(2, a)", {"a": -1.5}),
        ("pgamma(-2, 3, r)", {"r": -1.5}),
        ("pbeta(0.5, a, 2)", {"a": -1.5}),
        ("pt(0.5, n)", {"n": -1.5}),
        ("pbinom(2, 5, p)", {"p": 1.5}),
        ("qexp(p)", {"p": -0.1}),
        ("qexp(p)", {"p": 1.1}),
        ("qexp(p, lower.tail = FALSE, log.p = TRUE)", {"p": 0.1}),
        ("qcauchy(p)", {"p": 1.1}),
        ("qunif(p)", {"p": -0.1}),
        ("qnorm(p)", {"p": -0.1}),
        ("qgeom(p, 0.5)", {"p": 1.1}),
    ],
)
def test_what_r_takes_for_no_distribution_is_nan(call: str, point: dict[str, float]) -> None:
    model = compile_model(call, wrt=list(point))
    assert math.isnan(float(model.function("numpy")(**point)[0]))
    assert true_values(model.stages.value, point).states["value"] == ("undefined",)


def gamma_tail(x: float, a: float) -> Any:
    return mpmath.gammainc(mpmath.mpf(a), 0, mpmath.mpf(x), regularized=True)


@pytest.mark.parametrize(("x", "a"), [(0.4, 0.3), (2.5, 4.5), (30.0, 4.5), (1e-6, 0.01), (90, 100)])
def test_incomplete_gamma_balls_are_right(x: float, a: float) -> None:
    with mpmath.workdps(60), ctx.workprec(200):
        low, high = TABLE["pgamma"].ball(arb(x), arb(a)), TABLE["pgamma_upper"].ball(arb(x), arb(a))
        exact = arb(mpmath.nstr(gamma_tail(x, a), 50))
        assert abs(low - exact) < exact * arb("1e-40")
        assert abs(low + high - 1) < arb("1e-45")
        assert abs(TABLE["log_pgamma"].ball(arb(x), arb(a)) - low.log()) < arb("1e-40")


@pytest.mark.parametrize(
    ("x", "a", "b"), [(0.2, 0.3, 2.5), (0.9, 4.5, 2.5), (0.995, 300.0, 0.5), (1e-9, 0.5, 40.0)]
)
def test_incomplete_beta_balls_are_right(x: float, a: float, b: float) -> None:
    with mpmath.workdps(60), ctx.workprec(200):
        at = (arb(x), arb(a), arb(b))
        low, high = TABLE["pbeta"].ball(*at), TABLE["pbeta_upper"].ball(*at)
        value = mpmath.betainc(*map(mpmath.mpf, (a, b, 0, x)), regularized=True)
        exact = arb(mpmath.nstr(value, 50))
        assert abs(low - exact) < exact * arb("1e-40")
        assert abs(low + high - 1) < arb("1e-45")
        assert abs(TABLE["log_pbeta"].ball(*at) - low.log()) < arb("1e-40")


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("pgamma", (2.5, 4.5)),
        ("log_pgamma_upper", (30.0, 4.5)),
        ("pbeta", (0.3, 2.0, 5.0)),
        ("pt", (-2.0, 3.0)),
        ("gamma_below", (1.5, 4.5, 1.0)),
        ("beta_below", (0.1, 4.5, 2.5, 1.0, 0.0)),
    ],
)
def test_a_wide_ball_encloses_its_values(name: str, point: tuple[float, ...]) -> None:
    value, orders = TABLE[name].ball, {"n", "m"}
    kinds = [param in orders for param in TABLE[name].params]
    wide = value(*(arb(x) if k else arb(x, 0.01) for x, k in zip(point, kinds, strict=True)))
    for side in (-0.01, 0.0, 0.01):
        at = [arb(x) if k else arb(x) + arb(side) for x, k in zip(point, kinds, strict=True)]
        assert wide.overlaps(value(*at))
    assert wide.rad() < abs(wide)


def test_scipys_quantile_is_known_in_python() -> None:
    model = compile_model("special.ndtri(p)", syntax="python")
    (got,) = true_values(model.stages.value, {"p": 0.975}).cells["value"]
    assert abs(got - arb("1.959963984540054")) < arb("1e-14")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("pgamma(x, a)", "pgamma(x, a)"),
        ("pbeta(x, a, b, low = F, log = T)", "pbeta(x, a, b, lower.tail = FALSE, log.p = TRUE)"),
        ("pt(x, n, log.p = TRUE)", "pt(x, n, log.p = TRUE)"),
        ("qnorm(p)", "qnorm(p)"),
    ],
)
def test_emitted_r_calls_rs_own_functions(call: str, text: str) -> None:
    assert f"<- {text}\n" in compile_model(call).emit("r")["model.R"]
