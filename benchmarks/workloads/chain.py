"""W3: a long chain ``x = sin(x)*a + b``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.workloads.workload import Point, Workload, no_data
from gradc.ir import REAL, Function, Graph, Input
from gradc.prims import Builder

PARAMETERS = ("x", "a", "b")

# R's parser stops at 50 nested parentheses, so deriv is handed the call itself.
_DERIV = """local({{
  chain <- quote(x)
  for (step in seq_len({steps}L)) chain <- bquote(sin(.(chain))*a + b)
  chain
}})"""


def _formula(size: int, library: Any, inputs: Mapping[str, Any]) -> Any:
    x, a, b = (inputs[name] for name in PARAMETERS)
    for _ in range(size):
        x = library.sin(x) * a + b
    return x


def _function(size: int) -> Function:
    graph = Graph()
    builder = Builder(graph)
    inputs = tuple(Input(name, graph.input(name, REAL), "param", REAL) for name in PARAMETERS)
    x, a, b = (item.node for item in inputs)
    for _ in range(size):
        x = builder.add(builder.mul(builder.apply("sin", [x]), a), b)
    return Function("chain", inputs, {"value": x}, graph, PARAMETERS)


def _point(size: int, rows: int) -> Point:
    return {"x": 0.3, "a": 0.9, "b": 0.2}


WORKLOAD = Workload(
    key="w3",
    title="W3 chain",
    counted="steps",
    sizes=(30, 100, 300, 1000, 3000),
    text=lambda size: "x <- sin(x)*a + b\n" * size + "x",
    deriv=lambda size: _DERIV.format(steps=size),
    parameters=lambda size: list(PARAMETERS),
    data=no_data,
    formula=_formula,
    point=_point,
    function=_function,
)
