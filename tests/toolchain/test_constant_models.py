"""Models without parameters, and without any input: every target copes, or says that it cannot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from row_expressions import mixed

from gradc.model import Model
from gradc.model import compile as compile_model

NUMBERS = {"a": "1.5", "b": "(-0.75)", "p": "c(0.5, 2)"}
NUMBERS |= {"x": "c(0.5, -1, 2)", "y": "c(1, 0.25, 3)"}
TEXTS = (
    st.booleans()
    .flatmap(lambda scalar: mixed(scalar=scalar))
    .map(lambda text: re.sub(r"\b([abpxy])\b(?!\()", lambda name: NUMBERS[name[1]], text))
)


def status(model: Model, target: str, hessian: bool) -> str:
    report = model.verify(target, points=1, witnesses="none", hessian=hessian)
    found = {source.name: source for source in report.sources}[target]
    return found.status if found.status != "disagree" else f"disagree: {found.detail}"


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(TEXTS)
def test_constants_alone_in_numpy(text: str) -> None:
    model = compile_model(text)
    assert not model.inputs
    assert status(model, "numpy", hessian=False) in ("agree", "inconclusive"), text


CASES = [
    ("2", {}),
    ("2 > 1", {}),
    ("c(1, 2, 3)", {}),
    ("exp(2)*c(1, 2)", {}),
    ("lgamma(5) + pi", {}),
    ("ifelse(log(2) > 0.5, exp(1), 2)", {}),
    ("exp(1)*sum(x)", {"x": [1.0, 2.0, 3.0]}),
    ("exp(1) + x", {"x": [1.0, 2.0, 3.0]}),
]


@pytest.mark.parametrize("hessian", [False, True])
@pytest.mark.parametrize(
    "target",
    ["numpy", *(pytest.param(t, marks=pytest.mark.needs(t)) for t in ("tf", "keras", "sympy"))],
)
@pytest.mark.parametrize(("text", "at"), CASES)
def test_nothing_to_differentiate(
    text: str, at: dict[str, list[float]], target: str, hessian: bool
) -> None:
    assert status(compile_model(text, wrt=[], at=at), target, hessian) == "agree"


@pytest.mark.needs("tf")
def test_a_number_that_is_used_twice_is_no_float32() -> None:
    model = compile_model("expm1(0.001^3/(1 + abs(0.001^3))) - b", wrt=["b"])
    assert status(model, "tf", hessian=False) == "agree"


@pytest.mark.needs("r")
@pytest.mark.parametrize("hessian", [False, True])
def test_r_returns_the_value_alone(tmp_path: Path, hessian: bool) -> None:
    calls = []
    for index, (text, at) in enumerate(CASES):
        name = f"m{index}"
        model = compile_model(text, wrt=[], at=at, name=name)
        for file, content in model.emit("r", hessian=hessian).items():
            assert f"{name}_model" not in content, "nothing to optimise"
            (tmp_path / file).write_text(content)
        data = ", ".join(f"{key} = c{tuple(value)}" for key, value in at.items())
        calls.append(f"source('{name}.R'); x <- c(1, 2, 3)")
        calls.append(f"cat(identical({name}({data}) * 1, ({text}) * 1), '')")
    said = subprocess.run(
        ["Rscript", "--vanilla", "-e", "\n".join(calls)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.split() == ["TRUE"] * len(CASES)


@pytest.mark.parametrize("target", ["r", "tmb"])
def test_a_target_that_runs_no_such_model_says_so(target: str) -> None:
    assert status(compile_model("exp(2)"), target, hessian=False) == "unsupported"
