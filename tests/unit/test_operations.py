"""The cheap-gradient principle on every model of the corpora that it is promised for."""

from __future__ import annotations

from typing import Any

import pytest
from corpora import FORMULAS, model, supported

from gradc.ir import Function, operations, reachable

ARITHMETIC = {"add", "sub", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "sum"}
TRIGONOMETRIC = {"sin", "cos", "tan", "asin", "acos", "atan", "atan2"}
FREE = {"const", "input", "length", "index", "stack", "broadcast", "scatter", "exact_pi"}
ELEMENTARY = ARITHMETIC | TRIGONOMETRIC | FREE
SMALLEST = 20
LARGEST_RATIO = 4.0


def elementary(function: Function) -> bool:
    graph = function.graph
    marks = reachable(graph, [function.value])
    return all(graph.records[node][0] in ELEMENTARY for node, mark in enumerate(marks) if mark)


def promised() -> list[Any]:
    """Rows made of elementary operations, more than twenty of them."""
    found = []
    for parameter in supported(*FORMULAS):
        plain = model(parameter.values[0]).stages.plain
        if elementary(plain) and operations(plain) > SMALLEST:
            found.append(parameter)
    return found


@pytest.mark.parametrize("row", promised())
def test_gradient_costs_at_most_four_times_the_value(row: dict[str, Any]) -> None:
    stages = model(row).stages
    value, gradient = operations(stages.plain), operations(stages.gradient)
    assert gradient <= LARGEST_RATIO * value, f"{gradient}/{value} = {gradient / value:.2f}"
