"""Which places an index means: numbers, exclusions, names, or conditions known already."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend.context import Context
from gradc.frontend.values import ABSENT, Atom, NeedsKnown, Refusal, Value
from gradc.syntax.rope import Text


def positions(
    context: Context,
    index: Value,
    count: int | None,
    names: Sequence[str] | None,
    owner: Value | None = None,
) -> list[int]:
    """The places that an R index means, from 0; ``count`` elements are there.

    ``owner`` is the vector itself, for a complaint about its length.
    """
    if index is ABSENT:
        if count is None:
            raise unknown_length(context, owner)
        return list(range(count))
    items = context.atoms(index, 1)
    if items and all(isinstance(item, Text) for item in items):
        return [_named(context.as_characters(item), names) for item in items]
    if items and all(context.is_logical(item) for item in items):
        return _masked(context, items, count)
    numbers = [context.whole(item, "an index", 1) for item in items]
    negative = sum(number < 0 for number in numbers)
    if not negative:
        return [number - 1 for number in numbers if number]
    if negative + numbers.count(0) != len(numbers):
        raise Refusal("G103", "an index cannot mix places and exclusions", None, 1)
    if count is None:
        raise unknown_length(context, owner)
    excluded = {-number - 1 for number in numbers}
    return [k for k in range(count) if k not in excluded]


def unknown_length(context: Context, owner: Value | None) -> Refusal:
    """The complaint about data whose length is asked for."""
    if isinstance(owner, int):
        return context.unknown_length(context.node(owner))
    return Refusal("G104", "the length of this vector is known only when the data arrive")


def _named(name: str, names: Sequence[str] | None) -> int:
    if not names or name not in names:
        raise Refusal("G103", f"there is no element named '{name}'", None, 1)
    return names.index(name)


def _masked(context: Context, items: Sequence[Atom], count: int | None) -> list[int]:
    truths = [context.truth(item) for item in items]
    if None in truths:
        raise unknown_choice(context, items)
    length = len(truths) if count is None else max(count, len(truths))
    return [k for k in range(length) if truths[k % len(truths)]]


def unknown_choice(context: Context, items: Sequence[Atom]) -> Refusal:
    """The complaint about elements that only the data choose."""
    refusal = Refusal(
        "G104",
        "which elements are chosen must be known when the model is compiled",
        "ifelse() chooses element by element",
        1,
    )
    names: set[str] = set()
    for item in items:
        below = context.defaults(item) if isinstance(item, int) else None
        if below is None and isinstance(item, int) and context.number(item) is None:
            return refusal
        names.update(below or ())
    return NeedsKnown(refusal, names, names) if names else refusal


def inside(places: list[int], count: int | None) -> list[int]:
    """The places, once all of them are there."""
    for place in places:
        if place < 0 or (count is not None and place >= count):
            raise outside(place + 1, count)
    return places


def outside(index: int, count: int | None) -> Refusal:
    """The complaint about an index that is not there."""
    there = "there is 1 element" if count == 1 else f"there are {count} elements"
    hint = "if this is a vector, give its values as a list with --at" if count == 1 else None
    return Refusal("G201", f"index {index} is outside: {there}", hint, 1)
