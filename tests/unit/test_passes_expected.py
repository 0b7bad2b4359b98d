"""What a likelihood expects of its data."""

from __future__ import annotations

import pytest

from gradc.model import compile as compile_model
from gradc.model.fitting import pictured

DATA = "DATA_VECTOR(y)\nDATA_VECTOR(x)\nPARAMETER(a, 0.5)\nPARAMETER(b, 0.2)\n"


@pytest.mark.parametrize(
    ("density", "mean"),
    [
        ("dnorm(y, a + b*x, exp(a), log = TRUE)", "a + b*x"),
        ("dpois(y, exp(a + b*x), log = TRUE)", "exp(a + b*x)"),
        ("dbinom(y, 10, plogis(a + b*x), log = TRUE)", "10*plogis(a + b*x)"),
        ("dnbinom(y, mu = exp(a + b*x), size = 2, log = TRUE)", "exp(a + b*x)"),
        ("dgamma(y, shape = 2, scale = exp(a + b*x), log = TRUE)", "2*exp(a + b*x)"),
        ("dexp(y, exp(a + b*x), log = TRUE)", "1/exp(a + b*x)"),
        ("dbeta(y, 2, exp(a + b*x), log = TRUE)", "2/(2 + exp(a + b*x))"),
    ],
)
def test_the_mean_of_the_response(density: str, mean: str) -> None:
    found = pictured(compile_model(f"{DATA}-sum({density})"))
    assert found is not None
    fitted, observed = found
    point = {"a": 0.4, "b": -0.3, "x": [0.2, 1.5], "y": [0.5, 0.25]}
    known = compile_model(f"{DATA}{mean} + 0*y").evaluate(point)
    assert fitted.evaluate(point).value == pytest.approx(known.value, rel=1e-14)
    assert observed.evaluate(point).value == [0.5, 0.25]


@pytest.mark.parametrize(
    "objective",
    [
        "-sum(logspace_add(dnorm(y, a, 1, log = TRUE), dnorm(y, b, 1, log = TRUE)))",
        "-sum(dcauchy(y, a + b*x, log = TRUE))",
        "-dnorm(a, b, 1, log = TRUE) + sum(exp(a*x) + y)",
    ],
)
def test_without_one_distribution_of_the_data_there_is_none(objective: str) -> None:
    assert pictured(compile_model(DATA + objective)) is None
