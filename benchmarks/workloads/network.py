"""W2: squared error of a tanh network, pasted as one expression with named scalar weights.

Two hidden layers of the same width. The text of every unit of the first stands in every unit
of the second, as it does when a model is written by pasting.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.workloads.workload import Point, Workload

LAYERS = {66: (5, 5), 177: (11, 8), 561: (16, 16), 1225: (24, 24)}
"""Number of inputs and width of the layers, by the number of weights."""


def _weights(size: int) -> list[str]:
    inputs, width = LAYERS[size]
    first = [f"u{i}_{j}" for j in range(width) for i in range(inputs + 1)]
    second = [f"v{i}_{j}" for j in range(width) for i in range(width + 1)]
    return [*first, *second, *(f"w{i}" for i in range(width + 1))]


def _data(size: int) -> list[str]:
    return [*(f"x{i}" for i in range(1, LAYERS[size][0] + 1)), "y"]


def _pasted(size: int, tanh: Callable[[str], str]) -> str:
    inputs, width = LAYERS[size]
    first = [
        tanh(f"u0_{j}" + "".join(f" + u{i}_{j}*x{i}" for i in range(1, inputs + 1)))
        for j in range(width)
    ]
    second = [
        tanh(f"v0_{j}" + "".join(f" + v{i}_{j}*{first[i - 1]}" for i in range(1, width + 1)))
        for j in range(width)
    ]
    return "(y - (w0" + "".join(f" + w{i}*{second[i - 1]}" for i in range(1, width + 1)) + "))^2"


def _deriv(size: int) -> str:
    # deriv has no rule for tanh; of the forms that it differentiates this is the shortest.
    return f"quote({_pasted(size, lambda sum_: f'(1 - 2/(1 + exp(2*({sum_}))))')})"


def _formula(size: int, library: Any, values: Mapping[str, Any]) -> Any:
    inputs, width = LAYERS[size]
    first = []
    for j in range(width):
        total = values[f"u0_{j}"]
        for i in range(1, inputs + 1):
            total = total + values[f"u{i}_{j}"] * values[f"x{i}"]
        first.append(library.tanh(total))
    output = values["w0"]
    for j in range(width):
        total = values[f"v0_{j}"]
        for i in range(1, width + 1):
            total = total + values[f"v{i}_{j}"] * first[i - 1]
        output = output + values[f"w{j + 1}"] * library.tanh(total)
    return (values["y"] - output) ** 2


def _point(size: int, rows: int) -> Point:
    draw = random.Random(2)  # noqa: S311 - test data
    point: Point = {name: draw.uniform(-0.8, 0.8) for name in _weights(size)}
    for name in _data(size):
        point[name] = [draw.gauss(0.0, 1.0) for _ in range(rows)]
    return point


WORKLOAD = Workload(
    key="w2",
    title="W2 network",
    counted="parameters",
    sizes=tuple(LAYERS),
    text=lambda size: _pasted(size, lambda sum_: f"tanh({sum_})"),
    deriv=_deriv,
    parameters=_weights,
    data=_data,
    formula=_formula,
    point=_point,
)
