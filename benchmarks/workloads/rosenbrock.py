"""W6: Rosenbrock's function in n scalar variables."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from benchmarks.workloads.workload import Point, Workload, no_data
from gradc.ir import REAL, Function, Graph, Input
from gradc.prims import Builder


def _names(size: int) -> list[str]:
    return [f"x{i}" for i in range(1, size + 1)]


def _text(size: int) -> str:
    return " + ".join(f"100*(x{i + 1} - x{i}^2)^2 + (1 - x{i})^2" for i in range(1, size))


def _formula(size: int, library: Any, inputs: Mapping[str, Any]) -> Any:
    x = [inputs[name] for name in _names(size)]
    total: Any = 0
    for here, following in pairwise(x):
        total = total + (100 * (following - here**2) ** 2 + (1 - here) ** 2)
    return total


def vector_formula(x: Any, total: Any) -> Any:
    """The same for one vector of a library that has them, summed by ``total``."""
    return total(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _function(size: int) -> Function:
    graph = Graph()
    builder = Builder(graph)
    inputs = tuple(Input(name, graph.input(name, REAL), "param", REAL) for name in _names(size))
    one, two, hundred = (builder.const(value) for value in (1.0, 2.0, 100.0))
    sum_ = builder.const(0.0)
    for here, following in pairwise(inputs):
        curved = builder.sub(following.node, builder.pow(here.node, two))
        term = builder.add(
            builder.mul(hundred, builder.pow(curved, two)),
            builder.pow(builder.sub(one, here.node), two),
        )
        sum_ = builder.add(sum_, term)
    names = tuple(item.name for item in inputs)
    return Function("rosenbrock", inputs, {"value": sum_}, graph, names)


def _point(size: int, rows: int) -> Point:
    draw = random.Random(6)  # noqa: S311 - test data
    return {name: draw.uniform(-1.5, 1.5) for name in _names(size)}


WORKLOAD = Workload(
    key="w6",
    title="W6 Rosenbrock",
    counted="variables",
    sizes=(10, 30, 100, 300, 1000),
    text=_text,
    deriv=lambda size: f"quote({_text(size)})",
    parameters=_names,
    data=no_data,
    formula=_formula,
    point=_point,
    function=_function,
)
