"""Numbers of one point, in one shape whatever the toolchain that computed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gradc.ir import Function
from gradc.model.values import Point
from gradc.run import Numbers


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Value and derivatives at one point.

    Shapes: ``value`` is a number, or a list with one element a row where data with rows were
    given; ``gradient[p]`` has the shape of the value followed by that of ``p``, and where
    ``gradient_of_sum`` is set (TMB) only that of ``p``. ``hessian[p][q]`` is that of the
    scalar objective, rows summed, and has the shape of ``p`` followed by that of ``q``.
    ``reports`` are the results that the model reports, by name.
    """

    value: Any
    gradient: dict[str, Any]
    hessian: dict[str, dict[str, Any]] | None = None
    gradient_of_sum: bool = False
    reports: dict[str, Any] = field(default_factory=dict)


def evaluation(function: Function, point: Point, numbers: Numbers) -> Evaluation:
    """What a toolchain answered, as an :class:`Evaluation`.

    R and TMB have no scalars: a model of rows evaluated at plain numbers comes back from them
    as one row.
    """
    second = numbers.hessian
    if second is not None and function.per_observation and not numbers.hessian_of_sum:
        second = {
            one: {other: _total(block) for other, block in row.items()}
            for one, row in second.items()
        }
    value, gradient = numbers.value, numbers.gradient
    single = function.per_observation and not _has_rows(function, point)
    if single and isinstance(value, list) and len(value) == 1:
        value = value[0]
        if not numbers.gradient_of_sum:
            gradient = {name: rows[0] for name, rows in gradient.items()}
    summed = numbers.gradient_of_sum and isinstance(value, list)
    reports = {name: _reported(function, name, found) for name, found in numbers.reports.items()}
    return Evaluation(value, gradient, second, summed, reports)


def _reported(function: Function, name: str, found: Any) -> Any:
    """A reported result; R and TMB give a number as a vector of one."""
    is_number = not function.graph.types[function.reports[name]].shape
    return found[0] if is_number and isinstance(found, list) and len(found) == 1 else found


def _has_rows(function: Function, point: Point) -> bool:
    """Whether the value has rows: a known number of them, or data that came as a list."""
    if function.graph.types[function.value].length is not None:
        return True
    return any(isinstance(point[item.name], list) for item in function.data)


def _total(block: Any) -> Any:
    """A block of second derivatives summed over its rows."""
    if not isinstance(block, list):
        return block
    if block and isinstance(block[0], list):
        return [_total(list(column)) for column in zip(*block, strict=True)]
    return sum(block)
