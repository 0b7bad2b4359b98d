"""Random expressions, emitted for every target and run in its toolchain, agree with the oracle."""

from __future__ import annotations

from typing import Any

import pytest
from expressions import DATA, PARAMS, expressions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from row_expressions import mixed, parameters

from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import run_tmb_batch
from gradc.verify import Report, assess, plan

WORDS = (*PARAMS, *DATA)
TEXTS = expressions(10).filter(lambda text: any(f"{name}" in _words(text) for name in PARAMS))

MIXED = st.booleans().flatmap(lambda scalar: mixed(scalar=scalar))


def mixture(text: str) -> Model:
    wrt = parameters(text)
    return compile_model(text, wrt=wrt, at={"p": [0.4, 1.2]} if "p" in wrt else None)


def runs(count: int) -> settings:
    """A fixed sample: a shrunk example would cost a run in a toolchain at every step."""
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in text).split())


def read(text: str) -> Model:
    wrt = [name for name in PARAMS if name in _words(text)]
    return compile_model(text, wrt=wrt)


def complaint(report: Report, text: str) -> str:
    return f"{text}\n{[source for source in report.sources if source.status != 'agree']}"


@runs(80)
@given(TEXTS)
def test_numpy(text: str) -> None:
    report = read(text).verify("numpy", witnesses="none", points=4)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.parametrize(
    "target",
    [
        "numpy",
        pytest.param("r", marks=pytest.mark.needs("r")),
        pytest.param("tf", marks=pytest.mark.needs("tf")),
        pytest.param("sympy", marks=pytest.mark.needs("sympy")),
        pytest.param("keras", marks=pytest.mark.needs("keras")),
    ],
)
@runs(25)
@given(text=MIXED)
def test_scalars_and_rows(text: str, target: str) -> None:
    report = mixture(text).verify(target, witnesses="none", points=3)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.needs("r")
@runs(60)
@given(TEXTS)
def test_r(text: str) -> None:
    report = read(text).verify("r", witnesses="none", points=4)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.needs("tf")
@runs(25)
@given(TEXTS)
def test_tf_and_its_tape(text: str) -> None:
    report = read(text).verify("tf", points=3)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.needs("keras")
@runs(25)
@given(TEXTS)
def test_keras(text: str) -> None:
    report = read(text).verify("keras", witnesses="none", points=3)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.needs("tmb")
@runs(1)
@given(st.lists(TEXTS, min_size=30, max_size=30))
def test_tmb_in_one_compilation(texts: list[str]) -> None:
    agree_in_tmb([read(text) for text in texts], texts)


@pytest.mark.needs("tmb")
@runs(1)
@given(st.lists(MIXED, min_size=30, max_size=30))
def test_scalars_and_rows_in_tmb(texts: list[str]) -> None:
    agree_in_tmb([mixture(text) for text in texts], texts)


@pytest.mark.needs("tmb")
def test_tmb_differentiates_what_was_emitted_and_not_its_stable_derivative() -> None:
    texts = [
        "(b - 1)^2 + exp(a) - a",
        "log(1 - tanh(a)^2)*b",
        "a - sin(a) + b - tanh(b)",
        "log(1 + exp(a)) - a/2 + sqrt(b^2 + 1) - b",
        "exp(a*b) - exp(b)*a",
    ]
    agree_in_tmb([read(text) for text in texts], texts, count=40)


def agree_in_tmb(models: list[Model], texts: list[str], count: int = 3) -> None:
    """Compile all the models together, and judge each."""
    prepared = [
        plan(subject_of(model, ["tmb"], [], "float64", hessian=False), count=count)
        for model in models
    ]
    found = run_tmb_batch(
        [one.subject.emitted["tmb"].program for one in prepared],
        [[case.point for case in one.cases] for one in prepared],
    )
    for text, one, answers in zip(texts, prepared, found, strict=True):
        report = assess(one, {"tmb": answers})
        assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.needs("r", "tf")
@runs(6)
@given(TEXTS)
def test_second_derivatives(text: str) -> None:
    report = read(text).verify(["r", "numpy", "tf"], witnesses="none", points=2, hessian=True)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)


@pytest.mark.parametrize(
    "target",
    [
        "numpy",
        pytest.param("r", marks=pytest.mark.needs("r")),
        pytest.param("tf", marks=pytest.mark.needs("tf")),
        pytest.param("tmb", marks=pytest.mark.needs("tmb")),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "sum((y - a*exp(-b*x))^2)",
        "mean(pmax(a*x, b))",
        "log(sum(exp(a*x))) - b*mean(y)",
        "a*(x - mean(x)) + b*y/max(y)",
        "(x - mean(a*x))^2 + b",
        "prod(1 + a*x^2/10) + min(b*y)",
        "x[2]*a + sum(b*y)",
        "a*length(x) + b*sum(y)",
    ],
)
def test_reductions(text: str, target: str) -> None:
    model = read(text)
    given: dict[str, Any] = {"a": 0.4, "b": 0.7, "x": [0.5, -1.0, 2.0], "y": [1.0, 0.25, 3.0]}
    at = {item.name: given[item.name] for item in model.inputs}
    report = model.verify(target, witnesses="none", points=4, at=at)
    assert report.verdict in ("agree", "inconclusive"), complaint(report, text)
