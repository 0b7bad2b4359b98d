"""Small matrices that a loop over data carries, and triangular systems."""

from __future__ import annotations

import pytest
from filters import BOTH, FACTORED, FILTERS, LEVEL
from matrices import DECLARED
from matrix_values import POINT, agrees, in_r, value_of

from gradc.model import compile as compile_model

LEAST_TAKEN = 18


@pytest.mark.needs("r")
def test_they_mean_what_r_says() -> None:
    taken = 0
    for text, answer in zip(FILTERS, in_r(FILTERS), strict=True):
        found = value_of(text)
        if found is not None:
            taken += 1
            assert agrees(answer, *found), f"{text}\n{answer}\n{found}"
    assert taken >= LEAST_TAKEN


MODEL = f"{DECLARED}{LEVEL}value <- sum(nll)\n{BOTH}value <- value + nll\n{FACTORED}value + nll"
SOLVED = f"""{DECLARED}
sum(sin(forwardsolve(S*exp(a), b))) + sum(backsolve(S + a*S, b, transpose = TRUE)*b)"""


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("text", [MODEL, SOLVED], ids=["filters", "triangular"])
def test_every_target_agrees_with_the_true_value(text: str) -> None:
    report = compile_model(text, at=POINT).verify(["r", "tmb", "numpy", "tf"], points=2, at=POINT)
    assert report.verdict == "agree"


def test_code_does_not_grow_with_the_data() -> None:
    short, long = (
        compile_model(f"{DECLARED}{LEVEL}nll", at={**POINT, "y": [0.1] * count})
        for count in (5, 5000)
    )
    for target in ("r", "tmb", "numpy", "tf"):
        assert short.emit(target) == long.emit(target)
