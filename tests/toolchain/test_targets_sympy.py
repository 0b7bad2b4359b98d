"""Target sympy: its own derivatives give the same numbers, and its expressions simplify."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.verify.report import SourceReport

pytestmark = pytest.mark.needs("sympy")

FORMULAS = [
    ("(y - 1/(1 + exp(-(a + b*x))))^2", "a b"),
    ("a*x^b + ifelse(x > 0.1, log(abs(x)), 0)*a", "a b"),
    ("abs(a*x - y)^3 + pmax(a, y)*sign(b) + floor(a)*b + a %% b", "a b"),
    ("besselK(a, 2)*pnorm(b) + qnorm(pnorm(b)) + besselI(a, 1)", "a b"),
    ("gamma(a)*digamma(b) + beta(a, b) + lgamma(a - 3)", "a b"),
    ("pnorm(a*x, log.p = TRUE) + log1p(exp(a))", "a"),
    ("dpois(y, exp(a + b*x), log = TRUE)", "a b"),
    ("dbinom(y, 10, plogis(a + b*x), log = TRUE)", "a b"),
    ("dnbinom(y, mu = exp(a), size = b, log = TRUE)", "a b"),
    ("dgamma(x, a, b, log = TRUE) + dt(y, a, log = TRUE)", "a b"),
    ("dbeta(plogis(x), a, b, log = TRUE) + df(y, a, b, log = TRUE)", "a b"),
    ("pgamma(x, a, 1) + pbeta(plogis(x), 2, 3)*a + pt(a*x, 5)", "a"),
    ("atan2(a, b)*cospi(a) + sinpi(b) + acosh(2 + a^2)", "a b"),
    ("sum(log(beta*x) + gamma*S + N + zeta*lambda)", "beta gamma S N zeta lambda"),
    ("sum(cumsum(a*x)*y) + max(b*x) - prod(a + x)", "a b"),
    ("x - mean(a*x)", "a"),
    ("logspace_add(a, b) + round(a*7)*b + trunc(b)*a + hypot(a, b)", "a b"),
]


@pytest.mark.parametrize(("text", "wrt"), FORMULAS)
def test_sympy_differentiates_to_the_same_numbers(text: str, wrt: str) -> None:
    try:
        model = compile_model(text, wrt=wrt.split())
    except GradcError as error:
        pytest.fail(str(error))
    source = verified(model)
    # One rounding at the end, and constants that are not doubles: nothing is stretched.
    assert all(output.worst is None or output.max_error_ulp <= 1 for output in source.outputs)


def verified(model: Model, **options: Any) -> SourceReport:
    report = model.verify("sympy", witnesses="none", points=3, **options)
    (source,) = [source for source in report.sources if source.name == "sympy"]
    assert source.status == "agree", source
    return source


@pytest.mark.parametrize(
    "text",
    [
        "DATA_MATRIX(X)\nDATA_VECTOR(y)\nPARAMETER_VECTOR(beta, c(0.5, -1))\n"
        "PARAMETER(log_sd, 0.1)\nREPORT(log_sd)\n"
        "-sum(dnorm(y, X %*% beta, exp(log_sd), log = TRUE))",
        "PARAMETER_MATRIX(B, matrix(c(2, 0.5, 0.3, 1.5), 2, 2))\nPARAMETER(a, 1)\n"
        "S <- B %*% t(B)\nlog(det(S)) + a*sum(solve(S) %*% c(1, 2)) + sum(chol(S))",
        "DATA_VECTOR(y)\nDATA_IVECTOR(g)\nPARAMETER_VECTOR(u, c(1, 2, 3))\nPARAMETER(s, 0.5)\n"
        "sum((y - u[g])^2)*s",
        "DATA_VECTOR(y)\nPARAMETER(r, 0.5)\nn <- 0.3\n"
        "for (i in seq_along(y)) {\n  n <- r*n*(1 - n) + 0.1*y[i]\n}\nn",
    ],
    ids=["regression", "linear algebra", "groups", "loop"],
)
def test_vectors_matrices_and_loops(text: str) -> None:
    verified(compile_model(text), hessian="chol" not in text)


def loaded(model: Model, **options: Any) -> Any:
    (text,) = model.emit("sympy", **options).values()
    module = ModuleType("emitted")
    exec(compile(text, "emitted", "exec"), module.__dict__)  # noqa: S102
    return module


def test_expressions_are_exact_and_simplify_under_their_assumptions() -> None:
    import sympy

    module = loaded(
        compile_model("PARAMETER(s, 1, lower = 0)\nPARAMETER(m, 0)\nsqrt(s^2) + 0.1*m + 0.5*m")
    )
    s, m = module.parameters
    assert s.is_positive
    assert m.is_real
    assert m.is_positive is None
    assert module.expression == s + sympy.Rational(3, 5) * m
    assert module.gradient == {s: 1, m: sympy.Rational(3, 5)}


def test_symbols_keep_the_names_that_sympy_takes() -> None:
    module = loaded(compile_model("beta*x + gamma*S", wrt=["beta", "gamma", "S"]))
    assert [p.name for p in module.parameters] == ["beta", "gamma", "S"]
    assert str(module.expression) == "S*gamma + beta*x"


def test_a_sum_over_rows_stays_a_sum() -> None:
    import sympy

    module = loaded(compile_model("sum((y - a*x)^2)", wrt=["a"]))
    assert isinstance(module.expression, sympy.Sum)
    value, (gradient,) = module.value_and_grad(0.5, [1, 2, 3], [2, 2, 2], digits=30)
    assert (float(value), float(gradient)) == (5.0, -12.0)


def test_digits_that_cancel_are_computed_anew() -> None:
    module = loaded(compile_model("log(1 + exp(a)) + log(pnorm(a))*0", wrt=["a"]))
    value, _ = module.value_and_grad(-700.0)
    assert float(value) == pytest.approx(9.85967654375977e-305, rel=1e-14)


def test_a_default_point_is_printed_by_the_file() -> None:
    text = "PARAMETER(a, 2)\nPARAMETER(b, 0.5)\na^2*b"
    (emitted,) = compile_model(text).emit("sympy").values()
    assert "print(value_and_grad(2, 0.5))" in emitted


def test_an_assumption_is_not_evaluated_against() -> None:
    model = compile_model("PARAMETER(s, 1, lower = 0)\nlog(s^2)")
    assert model.evaluate({"s": 2.0}, "sympy").gradient == {"s": 1.0}
    with pytest.raises(GradcError, match="s is positive by assumption"):
        model.evaluate({"s": -2.0}, "sympy")


def test_what_sympy_does_not_have_is_refused_or_reported() -> None:
    with pytest.raises(GradcError, match="'sympy' has no 'qgamma'"):
        compile_model("qgamma(p, 2)*b", wrt=["b"]).emit("sympy")
    deep = "x1 <- a\n" + "\n".join(f"x{k + 1} <- sin(x{k})*x{k}" for k in range(1, 60)) + "\nx60"
    with pytest.raises(GradcError, match="operations deep where it is written out"):
        compile_model(deep, wrt=["a"]).emit("sympy")
    report = compile_model("pbeta(x, a, 2)", wrt=["a"]).verify(
        "sympy", points=0, at={"x": 0.5, "a": 2}
    )
    (source,) = [source for source in report.sources if source.name == "sympy"]
    assert source.status == "unsupported"
    assert "no closed form" in source.detail
