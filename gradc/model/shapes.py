"""Whether values have the shapes that a model needs, and data that index stay inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradc.errors import fail
from gradc.ir import UNITS, Extent, Function, Input, Size, SizeError, counts_of
from gradc.prims.extents import Extent as Axis
from gradc.prims.extents import extents, places, reaches, solve

_AXES = {1: ("element",), 2: ("row", "column")}


def _counted(item: Input, axis: int, count: int) -> str:
    return f"{count} {_AXES[item.type.rank][axis]}{'' if count == 1 else 's'}"


def check_shapes(function: Function, point: Mapping[str, Any]) -> None:
    """Compare values with the types of inputs, and with each other.

    Raises: GradcError (G202) that names the input, the shape it has to have and that given.
    """
    _check_undeclared(function, point)
    if any(item.declared for item in function.inputs):
        shapes = {name: _shape(value) for name, value in point.items()}
        for item in function.inputs:
            if item.declared and item.name in shapes:
                _check_rank(item, shapes[item.name])
        _check_sizes(function, shapes)
        _check_counts(function, point)
    _check_places(function, point)


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return (len(value), len(value[0])) if isinstance(value[0], list) else (len(value),)


_ONE_LENGTH = "; all data vectors have one length, or are single numbers"


def _check_undeclared(function: Function, point: Mapping[str, Any]) -> None:
    """Sizes of inputs that no declaration describes, told by what is given."""
    params = set(function.wrt)
    extents: list[Extent] = []
    for item in function.inputs:
        if item.name not in point or item.declared:
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


_KINDS = ("a number", "a vector", "a matrix")


def _given(shape: Sequence[int]) -> str:
    """What was given, in words."""
    if not shape:
        return "a number"
    if len(shape) == 1:
        return f"a vector of {shape[0]}"
    return f"a matrix of {shape[0]} by {shape[1]}"


def _check_rank(item: Input, shape: tuple[int, ...]) -> None:
    if len(shape) != item.type.rank:
        wanted = _KINDS[item.type.rank]
        if all(size.is_known for size in item.type.shape):
            wanted = _given([size.constant for size in item.type.shape])
        raise fail(
            "G202",
            f"'{item.name}' is {wanted}, and {_given(shape)} is given",
            suggestion="a matrix in JSON is a list of rows" if item.type.rank == 2 else None,
        )


def _check_sizes(function: Function, shapes: Mapping[str, tuple[int, ...]]) -> None:
    deciding = {e.decides: e for e in extents(function) if e.decides is not None}
    for extent, wanted in solve(function, shapes):
        item, axis = extent.item, extent.axis
        found = shapes[item.name][axis]
        if wanted is None or wanted == found:
            continue
        if wanted < 0:
            raise fail("G202", f"'{item.name}' has {_counted(item, axis, found)}: that is too few")
        others = [deciding[symbol] for symbol, _ in extent.size.terms if symbol in deciding]
        because = _because(others, shapes)
        needed = _counted(item, axis, wanted)
        raise fail("G202", f"'{item.name}' must have {needed}{because}, and has {found}")


def _check_counts(function: Function, point: Mapping[str, Any]) -> None:
    """Data that say how many there are of others."""
    lengths = symbol_values(function, point)
    for item in function.data:
        wanted = None if item.counts is None else _length(item.counts, lengths)
        if wanted is None or item.name not in point or point[item.name] == wanted:
            continue
        owners = {e.decides: e for e in extents(function) if e.decides is not None}
        others = [owners[s] for s, _ in item.counts.terms if s in owners] if item.counts else []
        because = _because(others, {name: _shape(value) for name, value in point.items()})
        found = _shown(point[item.name])
        raise fail("G202", f"'{item.name}' must be {wanted}{because}, and is {found}")


def _because(others: Sequence[Axis], shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Where a size comes from."""
    words = [
        f"'{o.item.name}' has {_counted(o.item, o.axis, shapes[o.item.name][o.axis])}"
        for o in others
    ]
    return f", since {' and '.join(words)}" if words else ""


def _check_places(function: Function, point: Mapping[str, Any]) -> None:
    """Counts are whole numbers, and data that index are places of what they index."""
    limits: dict[str, tuple[int, int | None]] = {}
    for item in function.inputs:
        if item.nature == "index":
            limits[item.name] = item.base, None
        elif item.nature == "count" and item.name in point:
            _check_whole(item.name, _flat(point[item.name]))
    lengths = symbol_values(function, point)
    _check_reaches(function, lengths)
    for place in places(function):
        size = _length(place.size, lengths)
        low, high = limits.get(place.name, (1 - place.offset, None))
        if size is not None:
            high = size - place.offset if high is None else min(high, size - place.offset)
        limits[place.name] = max(low, 1 - place.offset), high
    for name, (low, high) in limits.items():
        if name in point:
            _check_between(name, _flat(point[name]), low, high)


def _check_reaches(function: Function, lengths: Mapping[str, int]) -> None:
    """Vectors are long enough for the loops that read them."""
    owners = {e.decides: e.item.name for e in extents(function) if e.decides is not None}
    for reach in reaches(function):
        found, needed = _length(reach.size, lengths), _length(reach.needed, lengths)
        if found is not None and needed is not None and found < needed:
            names = [owners[s] for s, _ in reach.size.terms if s in owners]
            what = f"'{names[0]}'" if names else "a vector"
            raise fail("G202", f"{what} is too short: {needed} elements are read of {found}")


def _length(size: Size, lengths: Mapping[str, int]) -> int | None:
    if any(symbol not in lengths for symbol, _ in size.terms):
        return None
    return size.constant + sum(factor * lengths[symbol] for symbol, factor in size.terms)


def symbol_values(function: Function, point: Mapping[str, Any]) -> dict[str, int]:
    """The value of each symbol of a size that some value tells."""
    shapes = {name: _shape(value) for name, value in point.items()}
    values: dict[str, int] = {}
    bindings = function.graph.bindings
    for item in function.inputs:
        shape = shapes.get(item.name, ())
        if len(shape) != item.type.rank:
            continue
        for size, found in zip(item.type.shape, shape, strict=True):
            size = size.substitute(bindings)
            if len(size.terms) == 1 and size.terms[0][1] == 1:
                symbol, count = size.terms[0][0], found - size.constant
                values[symbol] = max(values.get(symbol, count), count)
    return values


def _flat(value: Any) -> list[float]:
    if not isinstance(value, list):
        return [value]
    return [entry for row in value for entry in (row if isinstance(row, list) else [row])]


def _check_whole(name: str, values: Sequence[float]) -> None:
    for number, value in enumerate(values, start=1):
        if not float(value).is_integer():
            where = f"element {number} of '{name}'" if len(values) > 1 else f"'{name}'"
            raise fail("G202", f"{where} is {_shown(value)}, and has to be a whole number")


def _check_between(name: str, values: Sequence[float], low: int, high: int | None) -> None:
    _check_whole(name, values)
    for number, value in enumerate(values, start=1):
        if value < low or (high is not None and value > high):
            where = f"element {number} of '{name}'" if len(values) > 1 else f"'{name}'"
            wanted = f"between {low} and {high}" if high is not None else f"{low} or more"
            raise fail("G202", f"{where} is {_shown(value)}, and has to be {wanted}")


def _shown(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
