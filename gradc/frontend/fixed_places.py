"""One element of a vector that every turn of a loop sets anew: ``eta[i]`` in a loop over ``j``.

Its place does not depend on the loop's own counter, so that it is carried as any number is.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradc.frontend.loop_sizes import shift_of
from gradc.frontend.replacing import replace
from gradc.frontend.turn import LOOP_VARIABLE, Carry, NotVectorizable
from gradc.frontend.values import Filled, Value
from gradc.ir import REAL

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.turn_results import Ends


@dataclass(frozen=True, slots=True)
class FixedPlace:
    """The element at ``index``, which a loop carries."""

    item: Filled
    index: int
    carry: Carry


def runs(m: Machine, number: int, node: int) -> bool:
    """Whether a node depends on the counter of a loop, or on what that loop carries."""
    pending, seen = [node], {node}
    while pending:
        record = m.graph.records[pending.pop()]
        if record[0] == LOOP_VARIABLE:
            if record[1][0] == number:
                return True
            continue
        fresh = [arg for arg in record[2:] if arg >= number and arg not in seen]
        seen.update(fresh)
        pending += fresh
    return False


def fixed_places(m: Machine, ends: Ends) -> dict[str, FixedPlace]:
    """Those vectors by name of which all turns set the same element."""
    found: dict[str, FixedPlace] = {}
    placeholders = {place: node for node, place in ends.loop.reads.items()}
    for name, item in ends.filling.items():
        index, number = item.index, ends.loop.number
        if index is None or item.value is None or runs(m, number, index):
            continue
        variable = placeholders.get((name, index))
        if variable is None:
            variable = m.graph.intern((LOOP_VARIABLE, (number, name, index)), REAL)
        start = m.builder.real(_outside(m, item, index))
        carry = Carry(f"{name}@", variable, start, m.builder.real(item.value))
        found[name] = FixedPlace(item, index, carry)
    return found


def _outside(m: Machine, item: Filled, index: int) -> int:
    """An element as it was before the loop."""
    if isinstance(item.before, Filled):
        return m.context.element_of(item.before, index)
    return m.builder.apply("gather", [m.context.node(item.before), index])


def read_outside(m: Machine, ends: Ends, name: str, index: int, own: FixedPlace | None) -> int:
    """An element that no turn of the loop sets, as it was before.

    Raises: NotVectorizable where it may be one that a turn sets.
    """
    before = ends.before[name][0]
    if not isinstance(before, Filled) or runs(m, ends.loop.number, index):
        raise NotVectorizable
    if own is not None and not _differ(m, index, own.index):
        raise NotVectorizable
    return _outside(m, before, index)


def _differ(m: Machine, one: int, other: int) -> bool:
    """Whether two indices are known to be different places."""
    b = m.builder
    numbers = m.context.constants.value(one), m.context.constants.value(other)
    if None not in numbers:
        return numbers[0] != numbers[1]
    return bool(shift_of(b, one, other) or shift_of(b, other, one))


def refilled(m: Machine, place: FixedPlace, final: int) -> Value:
    """The vector once the last turn has set its element."""
    before = place.item.before
    if not isinstance(before, Filled):
        return replace(m.context, before, place.index, final, single=False)
    if before.index not in (None, place.index):
        raise NotVectorizable
    return dataclasses.replace(before, index=place.index, value=final)
