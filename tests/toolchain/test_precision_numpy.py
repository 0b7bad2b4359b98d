"""Reported digits against programs that run in single precision."""

from __future__ import annotations

import math
import random

import pytest

import gradc
from gradc.verify import explain_loss, true_values

CASES = [
    ("exp(x) - 1", {"x": 3e-5}),
    ("1 - cos(x)", {"x": 2e-3}),
    ("log(1 + exp(x))", {"x": -12.0}),
    ("sqrt(x + 1) - sqrt(x)", {"x": 3e4}),
    ("x^2 - y^2", {"x": 0.51, "y": 0.5102}),
    ("log(x) - log(y)", {"x": 3.1, "y": 3.1002}),
    ("1/x - 1/y", {"x": 3.1, "y": 3.1002}),
    ("y - (x + 1e-7*x^2)", {"x": 0.51, "y": 0.5100004}),
    ("1 - 1/(1 + exp(-x))", {"x": 11.0}),
    ("exp(x) - exp(y)", {"x": 1.2, "y": 1.2002}),
    ("cos(x) - cos(y)", {"x": 1.2, "y": 1.2002}),
    ("1 - sqrt(1 - x)", {"x": 2e-4}),
]
ULP = 2.0**-23


def answers(text: str, points: list[dict[str, float]]) -> list[tuple[float, float, float]]:
    """Value in single precision, truth, and digits that the bound takes, at each point."""
    model = gradc.compile(text, stabilize=False)
    function = model.stages.legal("numpy", "gradient")
    found = model.evaluate_many(points, target="numpy", dtype="float32")
    told = []
    for point, got in zip(points, found, strict=True):
        (loss,) = explain_loss(function, point, "numpy", "float32", ["value"], forms=False)
        truth = true_values(function, point, dtype="float32").cells["value"][0]
        told.append((float(got.value), float(truth), loss.digits_lost))
    return told


def error(got: float, truth: float) -> float:
    """Relative, in units of the last place; half a unit stands for none."""
    return max(0.5, abs(got - truth) / (abs(truth) * ULP))


@pytest.mark.parametrize(("text", "at"), CASES, ids=lambda value: str(value)[:24])
def test_the_bound_holds_and_the_named_form_is_better(text: str, at: dict[str, float]) -> None:
    draw = random.Random(text)  # noqa: S311 - the same points each time
    points = [
        {name: value * (1 + 1e-4 * draw.uniform(-1, 1)) for name, value in at.items()}
        for _ in range(12)
    ]
    written = answers(text, points)
    for got, truth, lost in written:
        assert error(got, truth) <= max(0.5, 10**lost) * 1.01
    model = gradc.compile(text, stabilize=False)
    function = model.stages.legal("numpy", "gradient")
    (loss,) = explain_loss(function, at, "numpy", "float32", ["value"])
    step = loss.steps[0]
    assert step.saves > 1
    better = answers(step.stable_form, points)
    for (_, truth, _), (got, same, lost) in zip(written, better, strict=True):
        assert same == pytest.approx(truth, rel=1e-12)
        assert error(got, truth) <= max(0.5, 10**lost) * 1.01
    mean, after = (
        sum(math.log10(error(got, truth)) for got, truth, _ in rows) / len(rows)
        for rows in (written, better)
    )
    assert mean - after > 1, f"{mean:.1f} digits lost as written, {after:.1f} by the form"
