"""Values of inputs: numbers and lists in, checked doubles out; doubles as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.errors import GradcError, fail
from gradc.ir import Function, Input
from gradc.model.shapes import check_shapes

Value = float | list[float] | list[list[float]]
Point = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Unusable:
    """A value that is wrong, which matters only where a model uses it."""

    error: GradcError


def check_value(name: str, value: Any) -> Value:
    """A number, a list of numbers, or a matrix as a list of rows, in doubles.

    Raises: GradcError (G203) for anything else, (G204) for rows of several lengths.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if _is_number(value):
        return float(value)
    if isinstance(value, (list, tuple)):
        if not value:
            raise fail("G203", f"the value of '{name}' is an empty list")
        if None in value:
            _refuse_missing(name, f"element {value.index(None) + 1}")
        if all(_is_number(item) for item in value):
            return [float(item) for item in value]
        if all(isinstance(item, (list, tuple)) for item in value):
            return _check_rows(name, value)
    raise fail("G203", f"the value of '{name}' is neither a number nor a list of numbers")


def _check_rows(name: str, rows: Sequence[Any]) -> list[list[float]]:
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise fail(
                "G204",
                f"the rows of '{name}' differ: row 1 has {len(rows[0])} numbers,"
                f" and row {number} has {len(row)}",
            )
        if None in row:
            _refuse_missing(name, f"row {number}, column {row.index(None) + 1}")
        if not row or not all(_is_number(entry) for entry in row):
            raise fail("G203", f"row {number} of '{name}' is no list of numbers")
    return [[float(entry) for entry in row] for row in rows]


def _refuse_missing(name: str, place: str) -> None:
    raise fail("G014", f"'{name}' {place}: the value is missing")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or (
        isinstance(value, str) and value in ("nan", "inf", "-inf")
    )


def check_point(values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a point, checked one by one; an :class:`Unusable` one passes until used."""
    return {
        name: value if isinstance(value, Unusable) else check_value(name, value)
        for name, value in values.items()
    }


def usable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a point but for unusable ones."""
    return {name: value for name, value in values.items() if not isinstance(value, Unusable)}


def complete(function: Function, point: Mapping[str, Any]) -> Point:
    """The point with defaults filled in, in the function's order.

    Raises: GradcError (G205) for an input without a value, (G202) for lengths that differ.
    """
    missing = [
        item.name for item in function.inputs if item.name not in point and item.default is None
    ]
    if missing:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise fail(
            "G205",
            f"no value for {listed}",
            suggestion=f"give it with --at {','.join(f'{name}=…' for name in missing)}",
        )
    return known_part(function, point)


def known_part(function: Function, point: Mapping[str, Any]) -> Point:
    """The values of those inputs that have one, defaults among them, in the function's order."""
    full: Point = {}
    for item in function.inputs:
        value = point.get(item.name, item.default)
        if isinstance(value, Unusable):
            raise value.error
        if value is None:
            continue
        full[item.name] = _in_shape(item, value)
    for item in function.data:
        if item.declared and item.name in full:
            _check_missing(item.name, full[item.name])
    check_shapes(function, full)
    return full


def _check_missing(name: str, value: Value) -> None:
    """NaN in declared data is a gap, which every target refuses."""
    rows: Sequence[float | list[float]] = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        if isinstance(row, list):
            for column, entry in enumerate(row, start=1):
                if math.isnan(entry):
                    _refuse_missing(name, f"row {number}, column {column}")
        elif math.isnan(row):
            _refuse_missing(name, f"element {number}")


def _in_shape(item: Input, value: Any) -> Value:
    """A default as a value; a number for a declared vector is a vector of one."""
    if isinstance(value, tuple):
        if item.type.rank < 2:
            return list(value)
        if len(value) > 1 and all(size.is_known for size in item.type.shape):
            rows = item.type.shape[0].constant
            return [list(value[row::rows]) for row in range(rows)]
        return [list(value)]
    is_vector = item.declared and item.type.rank == 1 and item.type.length in (None, 1)
    return [value] if is_vector and isinstance(value, float) else value


def to_json(value: Any) -> Any:
    """Numbers, lists and dictionaries for JSON; NaN and infinities as strings."""
    if isinstance(value, float):
        if math.isnan(value):
            return "nan"
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def merge(places: Iterable[Sequence[Mapping[str, Any]]]) -> list[Point]:
    """Points from several places: single points merge, one list of points is spread over."""
    points: list[Point] = [{}]
    for place in places:
        checked = [check_point(values) for values in place]
        points = [{**point, **values} for point in points for values in checked]
    return points
