"""W1: squared error of a logistic curve, one value a row."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from benchmarks.workloads.workload import Point, Workload

TEXT = "(y - 1/(1 + exp(-(a + b*x))))^2"


def _formula(size: int, library: Any, inputs: Mapping[str, Any]) -> Any:
    a, b, x, y = (inputs[name] for name in "abxy")
    return (y - 1 / (1 + library.exp(-(a + b * x)))) ** 2


def _point(size: int, rows: int) -> Point:
    draw = random.Random(1)  # noqa: S311 - test data
    return {
        "a": 0.5,
        "b": 1.25,
        "x": [draw.gauss(0.0, 2.0) for _ in range(rows)],
        "y": [float(draw.random() < 0.5) for _ in range(rows)],
    }


WORKLOAD = Workload(
    key="w1",
    title="W1 sigmoid",
    counted="parameters",
    sizes=(2,),
    text=lambda size: TEXT,
    deriv=lambda size: f"quote({TEXT})",
    parameters=lambda size: ["a", "b"],
    data=lambda size: ["x", "y"],
    formula=_formula,
    point=_point,
)
