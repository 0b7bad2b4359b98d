"""What an objective is a sum of: residuals of squares, and terms in general."""

from __future__ import annotations

from dataclasses import replace

from gradc.ir import Function, Graph, Input, LeastSquares, compact, dependents
from gradc.prims import Builder


def residuals(function: Function, *, scaled: bool = False) -> Function | None:
    """The residuals of a sum of squares, one entry a row; None where it is no such sum.

    ``sum(r^2)`` and ``sum(r * r)`` are recognised, and a value of rows that is itself ``r^2``;
    where ``scaled`` is allowed, also a positive multiple such as ``mean(r^2)`` or
    ``sum(r^2)/2``, which has the same minimum. Where ``r`` is a difference of a mean and a
    response, one of which has no parameter in it, ``least_squares`` keeps them apart.
    """
    graph = function.graph
    node = _unscaled(graph, function.value) if scaled else function.value
    if not graph.types[node].rank:
        if graph.prim(node) != "sum":
            return None
        (node,) = graph.args(node)
    root = _root_of_square(function, node)
    if root is None or graph.types[root].rank != 1:
        return None
    kept = replace(function.with_outputs({"value": root}), least_squares=_parts(function, root))
    return compact(kept)


def _unscaled(graph: Graph, node: int) -> int:
    """A scalar without its positive factors."""
    while not graph.types[node].rank:
        args = graph.args(node)
        if graph.prim(node) == "mul" and _is_positive(graph, args[0]):
            node = args[1]
        elif graph.prim(node) in ("mul", "div") and _is_positive(graph, args[1]):
            node = args[0]
        else:
            break
    return node


def _is_positive(graph: Graph, node: int) -> bool:
    if graph.is_const(node):
        return 0.0 < graph.value(node) < float("inf")
    return graph.prim(node) == "length"


def mean(function: Function) -> Function | None:
    """The fitted values of residuals, one entry a row; None where they are no difference."""
    square = function.least_squares
    if square is None or function.graph.types[square.mean].rank != 1:
        return None
    return compact(replace(function.with_outputs({"value": square.mean}), least_squares=None))


def response(function: Function) -> Function | None:
    """What residuals are measured from; None where they are no difference."""
    square = function.least_squares
    if square is None:
        return None
    return compact(replace(function.with_outputs({"value": square.response}), least_squares=None))


def measured(function: Function, name: str) -> Function:
    """The sum of squares of a value of rows and a response, an input of this name."""
    made = function.copy()
    graph, fitted = made.graph, made.value
    builder = Builder(graph)
    inputs = made.inputs
    if all(item.name != name for item in inputs):
        type_ = graph.types[fitted]
        declared = any(item.declared for item in inputs)
        node = graph.input(name, type_)
        inputs = (*inputs, Input(name, node, "data", type_, declared=declared))
    observed = next(item.node for item in inputs if item.name == name)
    squares = builder.pow(builder.sub(observed, fitted), builder.const(2.0))
    outputs = {**made.outputs, "value": builder.sum(squares)}
    square = LeastSquares(fitted, observed)
    return replace(made, inputs=inputs, outputs=outputs, least_squares=square)


def _root_of_square(function: Function, node: int) -> int | None:
    graph = function.graph
    args = graph.args(node) if graph.prim(node) in ("pow", "mul") else ()
    if len(args) != 2:
        return None
    left, right = args
    if graph.prim(node) == "mul":
        return left if left == right else None
    return left if graph.is_const(right) and graph.value(right) == 2.0 else None


def _parts(function: Function, root: int) -> LeastSquares | None:
    """Mean and response of ``response - mean`` or ``mean - response``."""
    graph = function.graph
    if graph.prim(root) != "sub":
        return None
    moving = dependents(graph, [item.node for item in function.params])
    left, right = graph.args(root)
    if moving[left] == moving[right]:
        return None
    return LeastSquares(right, left) if moving[right] else LeastSquares(left, right)


def terms(function: Function) -> list[Function]:
    """The vectors whose sums the value is made of, each as a function of the same inputs."""
    graph = function.graph
    if graph.types[function.value].rank:
        return [function]
    marks = {function.value}
    found: list[int] = []
    for node in range(function.value, -1, -1):
        if node not in marks or len(graph.records[node]) == 2:
            continue
        for arg in graph.args(node):
            if not graph.types[arg].rank:
                marks.add(arg)
            elif graph.types[arg].rank == 1 and graph.prim(node) == "sum":
                found.append(arg)
    return [
        compact(replace(function.with_outputs({"value": node}), least_squares=None))
        for node in sorted(set(found))
    ]
