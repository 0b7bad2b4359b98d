"""Finding the residuals of an objective that is a sum of squares."""

from __future__ import annotations

from dataclasses import replace

from gradc.ir import Function, LeastSquares, compact, dependents


def residuals(function: Function) -> Function | None:
    """The residuals of a sum of squares, one entry a row; None where it is no such sum.

    ``sum(r^2)`` and ``sum(r * r)`` are recognised, and a value of rows that is itself ``r^2``.
    Where ``r`` is a difference of a mean and a response, one of which has no parameter in it,
    ``least_squares`` keeps them apart.
    """
    graph = function.graph
    node = function.value
    if not graph.types[node].rank:
        if graph.prim(node) != "sum":
            return None
        (node,) = graph.args(node)
    root = _root_of_square(function, node)
    if root is None or graph.types[root].rank != 1:
        return None
    kept = replace(function.with_outputs({"value": root}), least_squares=_parts(function, root))
    return compact(kept)


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
