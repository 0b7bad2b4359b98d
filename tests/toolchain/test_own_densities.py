"""TMB's own densities in regressions: called by name, right within the bound of their formulas."""

from __future__ import annotations

from typing import Any

import pytest

from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import run_tmb_batch
from gradc.verify import Report, assess, plan

ETA = "eta <- a + b*x\n"
MODELS = {
    "dpois(y(i), ": "-sum(dpois(y, exp(eta), log = TRUE))",
    "dbinom(y(i), n(i), ": "-sum(dbinom(y, n, pnorm(eta), log = TRUE))",
    "dbinom_robust(y(i), n(i), ": "-sum(dbinom(y, n, plogis(eta), log = TRUE))",
    "dbinom_robust(y(i), Type(1.0), ": "-sum(dbinom(y, 1, plogis(eta), log = TRUE))",
    "dnbinom(y(i), ": "-sum(dnbinom(y, size = exp(s), mu = exp(eta), log = TRUE))",
    "dnbinom(y(i), size": "size <- exp(s)\n"
    "-sum(dnbinom(y, size, prob = size/(size + exp(eta)), log = TRUE))",
    "dgamma(y(i), ": "-sum(dgamma(y, exp(s), scale = exp(eta - s), log = TRUE))",
    "dbeta(y(i), ": "mu <- plogis(eta)\n-sum(dbeta(y, mu*exp(s), (1 - mu)*exp(s), log = TRUE))",
    "dt((y(i) - ": "-sum(dt((y - eta)/exp(s), exp(d), log = TRUE) - s)",
    "dweibull(y(i), ": "-sum(dweibull(y, exp(s), exp(eta), log = TRUE))",
    "dexp(y(i), ": "-sum(dexp(y, exp(eta), log = TRUE))",
}
FAR = {
    "dbinom_robust(y(i), n(i), ": [
        {"a": a, "b": 0.5, "x": [0.0, 1.0], "y": [y, 2.0], "n": [1e6, 3.0]}
        for a in (-800.0, -40.0, -20.0, 0.0, 20.0, 40.0, 800.0)
        for y in (0.0, 5e5, 1e6)
    ],
    "dpois(y(i), ": [
        {"a": a, "b": 0.5, "x": [0.0, 1.0], "y": [y, 0.0]}
        for a in (-200.0, 14.0, 27.0)
        for y in (0.0, 1e6, 1e12)
    ],
    "dgamma(y(i), ": [
        {"a": a, "b": 0.5, "s": s, "x": [0.0, 1.0], "y": [y, 1.0]}
        for a in (-30.0, 0.0, 14.0)
        for s in (-30.0, 7.0, 20.0)
        for y in (1e-6, 1e6)
    ],
    "dbeta(y(i), ": [
        {"a": a, "b": 0.5, "s": s, "x": [0.0, 1.0], "y": [y, 0.5]}
        for a in (-30.0, 0.0, 14.0)
        for s in (-30.0, 7.0, 20.0)
        for y in (1e-6, 1 - 1e-9)
    ],
}


def built(name: str) -> Model:
    text = ETA + MODELS[name]
    wrt = [p for p in ("a", "b", "s", "d") if p in "ab" or f"exp({p})" in text]
    return compile_model(text, wrt=wrt, name="model")


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """All models in one compilation, each judged by itself."""
    prepared = {}
    for name in MODELS:
        one = built(name)
        subject = subject_of(one, ["tmb"], [], "float64", hessian=False)
        prepared[name] = plan(subject, [one.complete(p) for p in FAR.get(name, [])], 20)
    programs = [each.subject.emitted["tmb"].program for each in prepared.values()]
    points = [[case.point for case in each.cases] for each in prepared.values()]
    found = run_tmb_batch(programs, points)
    return {
        name: assess(each, {"tmb": answer})
        for (name, each), answer in zip(prepared.items(), found, strict=True)
    }


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
@pytest.mark.parametrize("name", MODELS)
def test_tmbs_own_density_agrees(name: str, reports: dict[str, Report]) -> None:
    assert name in built(name).emit("tmb")["model.cpp"]
    report = reports[name]
    assert len(report.points) >= 20
    assert report.verdict == "agree", report


REFUSED = [
    ("dpois(y(i), ", {"y": [-1.0, 2.0]}, "y must be whole numbers, none of them negative"),
    ("dpois(y(i), ", {"y": [2.5, 2.0]}, "y must be whole numbers, none of them negative"),
    ("dbinom_robust(y(i), n(i), ", {"y": [4.0, 2.0], "n": 3.0}, "y has more successes than trials"),
    ("dgamma(y(i), ", {"y": [1.0, 0.0]}, "y must be positive"),
    ("dbeta(y(i), ", {"y": [0.5, 1.0]}, "y must be between 0 and 1"),
]


@pytest.mark.needs("tmb")
@pytest.mark.xdist_group("tmb")
@pytest.mark.parametrize(("name", "data", "message"), REFUSED)
def test_data_outside_of_the_support_are_refused(
    name: str, data: dict[str, Any], message: str
) -> None:
    point = {"a": 0.5, "b": 0.25, "s": 0.0, "x": [1.0, 2.0], **data}
    one = built(name)
    at = {item.name: point[item.name] for item in one.function_.inputs}
    report = one.verify("tmb", witnesses="none", points=0, at=at)
    (source,) = (source for source in report.sources if source.name == "tmb")
    assert source.status == "failed"
    assert message in source.detail
