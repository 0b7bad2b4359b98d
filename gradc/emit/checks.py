"""What emitted code asks of declared inputs before it computes: sizes, places, no gaps.

Each target prints the tests in its own words; what is tested, and what is said where a test
fails, is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gradc.ir import Function, Input, Size
from gradc.prims.extents import Extent, Place, extents, places, reaches

Axis = Callable[[Input, int], str]
"""``axis(input, number)``: how a target writes the length of an axis."""


@dataclass(frozen=True, slots=True)
class SizeTest:
    """An axis must have a length; ``wanted`` is the target's text for it."""

    extent: Extent
    found: str
    wanted: str
    message: str


@dataclass(frozen=True, slots=True)
class RangeTest:
    """Whole numbers between ``low`` and ``high``, which is a text, or None where open."""

    item: Input
    low: int
    high: str | None
    message: str


def declared(function: Function) -> list[Input]:
    """Inputs that are checked here: all declared data, and parameters that are matrices."""
    data = [item for item in function.data if item.declared]
    return data + [item for item in function.params if item.declared and item.type.rank == 2]


def rank_message(item: Input, name: str) -> str:
    """What is said of an input that has another rank."""
    return f"{name} must be {('one number', 'a vector', 'a matrix')[item.type.rank]}"


def size_names(function: Function, axis: Axis) -> dict[str, str]:
    """The target's text for each symbol that some input decides."""
    found: dict[str, str] = {}
    for extent in extents(function):
        if extent.decides is not None:
            text = axis(extent.item, extent.axis)
            constant = extent.size.constant
            if constant:
                text = f"({text} {'-' if constant > 0 else '+'} {abs(constant)})"
            found[extent.decides] = text
    return found


def size_text(size: Size, names: Mapping[str, str]) -> str | None:
    """A size as an expression; None where it has a symbol that nothing decides."""
    text = ""
    for symbol, factor in size.terms:
        if symbol not in names:
            return None
        term = names[symbol] if abs(factor) == 1 else f"{abs(factor)} * {names[symbol]}"
        text += f" {'-' if factor < 0 else '+'} {term}" if text else ("-" * (factor < 0)) + term
    if size.constant or not text:
        sign = "-" if size.constant < 0 else "+"
        text += f" {sign} {abs(size.constant)}" if text else f"{size.constant}"
    return text


def count_tests(
    function: Function, axis: Axis, users: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Data that say how many there are: the text of one, that of what it must be, the message."""
    names = size_names(function, axis)
    for item in function.data:
        size = item.counts
        wanted = None if size is None else size_text(size, names)
        if size is None or wanted is None:
            continue
        said = wanted
        owner = next((e for e in extents(function) if e.decides and e.size == size), None)
        if owner is not None:
            unit = _unit(owner.item, owner.axis)
            said = f"the number of {unit} of {users[owner.item.name]}"
        yield axis(item, 0), wanted, f"{users[item.name]} must be {said}"


def size_tests(function: Function, axis: Axis, users: Mapping[str, str]) -> Iterator[SizeTest]:
    """Every axis whose length others say."""
    names = size_names(function, axis)
    wanted_names = {item.name for item in declared(function)}
    for extent in extents(function):
        item = extent.item
        if extent.decides is not None or item.name not in wanted_names:
            continue
        wanted = size_text(extent.size, names)
        if wanted is None:
            continue
        unit = _unit(item, extent.axis)
        if extent.size.is_known:
            said = f"{extent.size.constant} {unit}"
        elif extent.size.constant == 0 and len(extent.size.terms) == 1:
            said = _as_many(function, extent, users)
        else:
            said = f"{wanted} {unit}"
        message = f"{users[item.name]} must have {said}"
        yield SizeTest(extent, axis(item, extent.axis), wanted, message)


def _unit(item: Input, axis: int) -> str:
    return "elements" if item.type.rank == 1 else ("rows", "columns")[axis]


def _as_many(function: Function, extent: Extent, users: Mapping[str, str]) -> str:
    """``as many elements as x``, ``as many rows as y has elements``."""
    (symbol, factor), unit = extent.size.terms[0], _unit(extent.item, extent.axis)
    other = next(e for e in extents(function) if e.decides == symbol)
    theirs = _unit(other.item, other.axis)
    name = users[other.item.name]
    if factor != 1 or other.size.constant:
        return f"a number of {unit} that fits {name}"
    return f"as many {unit} as {name}" + ("" if theirs == unit else f" has {theirs}")


def range_tests(function: Function, axis: Axis, users: Mapping[str, str]) -> Iterator[RangeTest]:
    """Data that are places, and data that are counts."""
    names = size_names(function, axis)
    used: dict[str, list[Place]] = {}
    for place in places(function):
        used.setdefault(place.name, []).append(place)
    for item in function.data:
        name = users[item.name]
        if item.nature == "count" and item.name not in used:
            yield RangeTest(item, _NO_LOW, None, f"{name} must be a whole number")
        for place in used.get(item.name, ()):
            low = 1 - place.offset
            high = size_text(place.size.plus(Size(place.offset), -1), names)
            said = f"from {low}" + ("" if high is None else f" to {high}")
            yield RangeTest(item, low, high, f"{name} must hold whole numbers {said}")
        if item.nature == "index" and item.name not in used:
            message = f"{name} must hold whole numbers from {item.base}"
            yield RangeTest(item, item.base, None, message)


@dataclass(frozen=True, slots=True)
class ReachTest:
    """A length, ``found``, must not be below another, ``needed``."""

    found: str
    needed: str
    message: str


def reach_tests(function: Function, axis: Axis) -> Iterator[ReachTest]:
    """Vectors that are read up to a place that only the data tell."""
    names = size_names(function, axis)
    for reach in reaches(function):
        found, needed = size_text(reach.size, names), size_text(reach.needed, names)
        if found is not None and needed is not None:
            yield ReachTest(found, needed, f"{found} must not be below {needed}")


def fewest_rows(function: Function, first: Input) -> int | None:
    """How many elements undeclared data must have at least; None where one will do."""
    size = first.type.shape[0].substitute(function.graph.bindings)
    least = [r.needed for r in reaches(function) if r.size == size and r.needed.is_known]
    return max((needed.constant for needed in least), default=None)


_NO_LOW = -(2**53)


def has_low(test: RangeTest) -> bool:
    """Whether a number may be too small."""
    return test.low > _NO_LOW
