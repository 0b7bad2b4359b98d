"""What is to be fitted: data, start and bounds as flat vectors, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from gradc.emit.reports import bounds_by_element
from gradc.errors import Diagnostic, GradcError, fail
from gradc.ir import Input
from gradc.model import Model, Point
from gradc.model.values import check_point
from gradc.targets.fit import labels


@dataclass(frozen=True, slots=True)
class Problem:
    """One fit: the model, complete data, and vectors with one entry for each element.

    Vectors hold the parameters in model order, matrices by columns; ``lower`` and ``upper`` are
    infinite where there is no bound.
    """

    model: Model
    data: Point
    start: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    labels: tuple[str, ...]

    def point(self, theta: Sequence[float]) -> dict[str, Any]:
        """The parameters by name, each in its own shape."""
        found: dict[str, Any] = {}
        place = 0
        for item in self.model.function_.params:
            count = item.type.count or 1
            found[item.name] = shaped(item, theta[place : place + count])
            place += count
        return found


def shaped(item: Input, values: Sequence[float]) -> Any:
    """The entries of one parameter in its shape, a matrix as a list of rows."""
    if not item.type.shape:
        return values[0]
    if item.type.rank == 1:
        return list(values)
    rows = item.type.shape[0].constant
    return [list(values[row::rows]) for row in range(rows)]


def flat(value: Any) -> list[float]:
    """The entries of a value, a matrix by columns."""
    if not isinstance(value, list):
        return [value]
    if value and isinstance(value[0], list):
        return [row[column] for column in range(len(value[0])) for row in value]
    return value


def problem(
    model: Model,
    data: Mapping[str, Any],
    start: Mapping[str, Any] | None = None,
    source: str = "the data",
) -> Problem:
    """Data and starting values for a model, with the model's own ones where none are given.

    ``source`` is what a diagnostic calls the data.
    Raises: GradcError (G205) for a missing value, (G202) for a shape that does not fit, (G014)
    for missing numbers, (G601) for a start outside of bounds, (G602) for one of no parameter.
    """
    if not model.wrt:
        raise fail("G602", "the model has no parameters to fit", suggestion="--wrt chooses")
    given = _with_matrices(model, dict(data))
    _check_data(model, given, source)
    starts = check_point({**_starts_in(model, given), **(start or {})})
    elements = _elements(model, starts)
    named = set(model.wrt)
    point = {name: value for name, value in given.items() if name not in named} | starts
    point |= _whole(model, point, elements)
    _check_starts(model, point, given, source)
    complete = model.complete(point)
    theta = [entry for name in model.wrt for entry in flat(complete[name])]
    names = labels(model.function_)
    for label, value in elements.items():
        theta[names.index(label)] = value
    lower, upper = [], []
    for low, high in bounds_by_element(model.function_):
        lower.append(-math.inf if low is None else low)
        upper.append(math.inf if high is None else high)
    _check_bounds(names, theta, lower, upper)
    numbers = {name: value for name, value in complete.items() if name not in named}
    _check_numbers(numbers)
    return Problem(model, numbers, tuple(theta), tuple(lower), tuple(upper), tuple(names))


def _with_matrices(model: Model, given: dict[str, Any]) -> dict[str, Any]:
    """Columns ``X.1``, ``X.2`` … as the matrix ``X``, as R's data frames name them."""
    for item in model.function_.data:
        if item.type.rank != 2 or item.name in given:
            continue
        columns: list[Any] = []
        while f"{item.name}.{len(columns) + 1}" in given:
            columns.append(given[f"{item.name}.{len(columns) + 1}"])
        if columns and all(isinstance(column, list) for column in columns):
            given[item.name] = [list(row) for row in zip(*columns, strict=True)]
    return given


def _starts_in(model: Model, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of parameters that stand among the data; a column cannot be that of a number."""
    return {
        item.name: given[item.name]
        for item in model.function_.params
        if isinstance(given.get(item.name), list if item.type.shape else (int, float))
    }


def _check_data(model: Model, given: Mapping[str, Any], source: str) -> None:
    missing = [
        item for item in model.function_.data if item.name not in given and item.default is None
    ]
    if not missing:
        return
    free = [name for name in given if name not in {item.name for item in model.inputs}]
    found = []
    for item in missing:
        near = get_close_matches(item.name.casefold(), [name.casefold() for name in free], 1)
        folded = {name.casefold(): name for name in free}
        listed = ", ".join(list(given)[:8]) + (", …" if len(given) > 8 else "")
        help_ = f"there are {listed}" if given else "give it with --data"
        if near:
            help_ = f"did you mean '{folded[near[0]]}'?"
        found.append(Diagnostic("G205", f"there is no '{item.name}' in {source}", suggestion=help_))
    raise GradcError(*found)


def _elements(model: Model, starts: dict[str, Any]) -> dict[str, float]:
    """Starting values of single elements such as ``beta[2]``, taken out of the others."""
    names = labels(model.function_)
    wrt = set(model.wrt)
    found: dict[str, float] = {}
    for name in [name for name in starts if name not in wrt]:
        value = starts.pop(name)
        if name not in names or isinstance(value, list):
            near = get_close_matches(name, [*model.wrt, *names], 1)
            listed = ", ".join(model.wrt[:8]) + (", …" if len(model.wrt) > 8 else "")
            help_ = f"did you mean '{near[0]}'?" if near else f"parameters are {listed}"
            raise fail("G602", f"the model has no parameter '{name}'", suggestion=help_)
        found[name] = value
    return found


def _whole(model: Model, point: Mapping[str, Any], elements: Mapping[str, float]) -> dict[str, Any]:
    """Parameters of which nothing is known but each single element."""
    found: dict[str, Any] = {}
    for item in model.function_.params:
        if item.name in point or item.default is not None or not item.type.shape:
            continue
        names = [item.name + item.type.element(k + 1) for k in range(item.type.count or 0)]
        if all(name in elements for name in names):
            found[item.name] = shaped(item, [elements[name] for name in names])
    return found


def _check_starts(
    model: Model, point: Mapping[str, Any], given: Mapping[str, Any], source: str
) -> None:
    missing = [
        item.name
        for item in model.function_.params
        if item.name not in point and item.default is None
    ]
    if not missing:
        return
    what = ", ".join(f"'{name}'" for name in missing)
    help_ = f"give it with --start {','.join(f'{name}=…' for name in missing)}"
    free = [name for name in given if name not in {item.name for item in model.inputs}]
    if free:  # a column may have another name than in the model
        shown = ", ".join(free[:6]) + (", …" if len(free) > 6 else "")
        help_ += f"; no input of the model is {shown} of {source}"
    raise fail("G205", f"no starting value for {what}", suggestion=help_)


def _check_bounds(
    names: Sequence[str], theta: Sequence[float], lower: Sequence[float], upper: Sequence[float]
) -> None:
    for name, value, low, high in zip(names, theta, lower, upper, strict=True):
        if not math.isfinite(value):
            raise fail("G601", f"the starting value of '{name}' is {value}, which is not finite")
        if not low <= value <= high:
            bound = f"below its lower bound {low:g}" if value < low else ""
            bound = bound or f"above its upper bound {high:g}"
            raise fail("G601", f"the starting value of '{name}' is {value:g}, {bound}")


def _check_numbers(data: Mapping[str, Any]) -> None:
    """Data are finite numbers: what is missing cannot be fitted."""
    for name, value in data.items():
        for number, row in enumerate(value if isinstance(value, list) else [value], start=1):
            if not all(math.isfinite(entry) for entry in (row if isinstance(row, list) else [row])):
                raise fail("G014", f"'{name}' element {number} is no finite number")
