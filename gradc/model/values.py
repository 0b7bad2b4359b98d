"""Values of inputs: numbers and lists in, checked doubles out; doubles as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.errors import GradcError, fail
from gradc.ir import UNITS, Extent, Function, SizeError, counts_of

Value = float | list[float]
Point = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Unusable:
    """A value that is wrong, which matters only where a model uses it."""

    error: GradcError


def check_value(name: str, value: Any) -> Value:
    """A number or a list of numbers as doubles; GradcError (G203) for anything else."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if _is_number(value):
        return float(value)
    if isinstance(value, (list, tuple)):
        if not value:
            raise fail("G203", f"the value of '{name}' is an empty list")
        if all(_is_number(item) for item in value):
            return [float(item) for item in value]
        if all(isinstance(item, (list, tuple)) for item in value):
            raise fail(
                "G204", f"the value of '{name}' is a matrix; models take numbers and vectors"
            )
    raise fail("G203", f"the value of '{name}' is neither a number nor a list of numbers")


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
        full[item.name] = _listed(value)
    _check_shapes(function, full)
    return full


def _listed(value: Any) -> Any:
    """A default as lists."""
    return [_listed(part) for part in value] if isinstance(value, (list, tuple)) else value


_ONE_LENGTH = "; all data vectors have one length, or are single numbers"


def _check_shapes(function: Function, point: Point) -> None:
    params = set(function.wrt)
    extents: list[Extent] = []
    for item in function.inputs:
        if item.name not in point:
            continue
        shape = _shape(point[item.name])
        if item.type.rank == 0 and shape:
            raise fail(
                "G202",
                f"'{item.name}' is a scalar parameter but {shape[0]} values are given;"
                " a vector parameter needs its value when the model is compiled",
            )
        if (item.type.rank == 2) != (len(shape) == 2):
            wanted = "a matrix, a list of rows" if item.type.rank == 2 else "not a matrix"
            raise fail("G202", f"'{item.name}' is {wanted}")
        if item.type.rank == 1:
            length = shape[0] if shape else 1
            known = item.type.length
            if known is not None and length != known:
                raise fail("G202", f"'{item.name}' has length {known}, not {length}")
            # Data of one number recycle to the rows of others.
            firm = length > 1 or item.name in params
            extents.append(Extent(item.name, 0, item.type.shape[0], length, firm, "values"))
        elif item.type.rank == 2:
            extents += [
                Extent(item.name, axis, item.type.shape[axis], shape[axis], unit=unit)
                for axis, unit in enumerate(UNITS)
            ]
    try:
        counts_of(extents, function.graph.bindings)
    except SizeError as error:
        raise fail("G202", f"{error}{_ONE_LENGTH if error.is_of_vectors else ''}") from error


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return (len(value), len(value[0])) if isinstance(value[0], list) else (len(value),)


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
