"""What is proved to be inside of a domain, and where a TMB template calls TMB's own densities."""

from __future__ import annotations

import pytest

from gradc.model import compile as compile_model
from gradc.passes.inside import Domain, is_inside
from gradc.passes.own import OWN, own_calls
from gradc.prims import TABLE
from gradc.targets.tmb_own import OWN_DENSITIES

INSIDE: list[tuple[Domain, str]] = [
    ("positive", "exp(a)"),
    ("positive", "3"),
    ("positive", "plogis(a)"),
    ("positive", "log1p(exp(a))"),
    ("positive", "a^2 + 0.5"),
    ("positive", "0.5 + a*a"),
    ("positive", "exp(a)*plogis(b)/(1 + b^2)"),
    ("positive", "sqrt(exp(a) + b^4)"),
    ("positive", "ifelse(a > 0, exp(b), 1)"),
    ("positive", "max(b, exp(a))"),
    ("positive", "1 - plogis(a)"),
    ("positive", "exp(a)^b"),
    ("not negative", "abs(a)"),
    ("not negative", "a^2"),
    ("not negative", "a^2*exp(b)"),
    ("unit", "plogis(a)"),
    ("unit", "pnorm(a)"),
    ("unit", "0.25"),
    ("unit", "1 - plogis(a)*plogis(b)"),
    ("unit", "exp(a)/(exp(a) + exp(b))"),
    ("unit", "exp(a)/(exp(a) + b^2 + 1)"),
    ("unit", "exp(-exp(a))"),
    ("unit", "1 - exp(-exp(a))"),
    ("unit", "plogis(a)^exp(b)"),
]
OUTSIDE: list[tuple[Domain, str]] = [
    ("positive", "a"),
    ("positive", "0"),
    ("positive", "a^2"),
    ("positive", "abs(a)"),
    ("positive", "exp(a) - 1"),
    ("positive", "exp(a) + b"),
    ("positive", "exp(a)*b"),
    ("positive", "a^3 + 1"),
    ("positive", "min(b, exp(a))"),
    ("positive", "1 - exp(a)"),
    ("positive", "log(a)"),
    ("positive", "0.5 - plogis(a)"),
    ("not negative", "a*b"),
    ("unit", "exp(a)"),
    ("unit", "1"),
    ("unit", "exp(-a^2)"),
    ("unit", "2*plogis(a)"),
    ("unit", "exp(a)/(exp(b) + 1)"),
    ("unit", "exp(a)/(exp(a) + b)"),
    ("unit", "exp(a)/(exp(a) + b^2)"),
    ("unit", "exp(a)/(1 + exp(b) + b^2)"),
    ("unit", "plogis(a)^b"),
    ("unit", "0.5 + plogis(a)"),
]


def proved(domain: Domain, text: str) -> bool:
    function = compile_model(f"{text} + 0*a + 0*b", wrt=["a", "b"]).stages.value
    graph = function.graph
    # What is asked about is the first term of the sum.
    node = function.value
    for _ in range(2):
        node = graph.args(node)[0]
    return is_inside(graph, node, domain)


@pytest.mark.parametrize(("domain", "text"), INSIDE)
def test_a_value_inside_is_proved_to_be(domain: Domain, text: str) -> None:
    assert proved(domain, text)


@pytest.mark.parametrize(("domain", "text"), OUTSIDE)
def test_a_value_that_may_be_outside_is_not(domain: Domain, text: str) -> None:
    assert not proved(domain, text)


def test_a_proof_is_not_deep() -> None:
    assert proved("positive", "sqrt(" * 5 + "exp(a)" + ")" * 5)
    assert not proved("positive", "sqrt(" * 40 + "exp(a)" + ")" * 40)


CALLS = [
    ("dpois(y, exp(a + b*x), log = TRUE)", "dpois(y(i), exp(a + b * x(i)), true)"),
    ("dbinom(y, n, plogis(a + b*x), log = TRUE)", "dbinom_robust(y(i), n(i), a + b * x(i), true)"),
    ("dbinom(y, 1, plogis(a + b*x), log = TRUE)", "dbinom_robust(y(i), Type(1.0), a + b * x(i),"),
    ("dnbinom(y, exp(a), exp(a)/(exp(a) + b^2 + 1), log = TRUE)", "dnbinom(y(i), t"),
    ("dbinom(y, n, exp(-exp(a + b*x)), log = TRUE)", "dbinom(y(i), n(i), exp(-exp(a + b * x(i))),"),
    (
        "dnbinom(y, exp(a), mu = exp(b*x), log = TRUE)",
        "dnbinom(y(i), t1, t1 / (t1 + exp(b * x(i)))",
    ),
    ("dgamma(y, exp(a), scale = exp(b*x), log = TRUE)", "dgamma(y(i), t1, exp(b * x(i)), true)"),
    ("dbeta(y, exp(a), exp(b*x), log = TRUE)", "dbeta(y(i), t1, exp(b * x(i)), true)"),
    ("dt(y - b*x, exp(a), log = TRUE)", "dt(y(i) - b * x(i), t1, true)"),
    ("dweibull(y, exp(a), exp(b*x), log = TRUE)", "dweibull(y(i), t1, exp(b * x(i)), true)"),
]
NOT_CALLED = [
    "dpois(y, a + b*x, log = TRUE)",  # the mean may be 0
    "dpois(y - 1, exp(a + b*x), log = TRUE)",  # no data that can be looked at
    "dpois(a, exp(b*x), log = TRUE)*0 + y",
    "ifelse(y < 0, 0, dpois(y, exp(a + b*x), log = TRUE))",  # other data mean something
    "dbinom(5, 3, exp(-exp(a + b*x + y)), log = TRUE)",
    "dbinom(y, x, a + b, log = TRUE)",
    "dbinom(y, x, plogis(a + b), log = TRUE)[2:3]",  # other rows mean something
    "dgamma(y, a, scale = exp(b*x), log = TRUE)",
    "dlogis(y, a + b*x, exp(a), log = TRUE)",  # TMB's overflows
]


def template(call: str) -> str:
    return compile_model(f"-sum({call})", wrt=["a", "b"], name="model").emit("tmb")["model.cpp"]


@pytest.mark.parametrize(("call", "text"), CALLS)
def test_tmbs_own_density_is_called(call: str, text: str) -> None:
    code = template(call)
    assert text in code
    assert "extra::d" not in code


@pytest.mark.parametrize("call", NOT_CALLED)
def test_tmbs_own_density_is_not_called_where_it_may_be_wrong(call: str) -> None:
    function = compile_model(f"-sum({call})", wrt=["a", "b"]).stages.legal("tmb", "value")
    assert own_calls(function) == []


def test_only_tmb_has_marks() -> None:
    model = compile_model("dt(y, exp(a), log = TRUE)", wrt=["a"])
    for target, count in (("tmb", 1), ("r", 0), ("numpy", 0)):
        records = model.stages.legal(target, "value").graph.records
        assert [record[1] for record in records].count(OWN) == count


def test_every_own_density_has_a_formula_that_it_rounds_as() -> None:
    assert [name for name in OWN_DENSITIES if "tmb" not in TABLE[name].rounds_as] == []
