"""Ranges that end, or begin, with the counter of a loop around: ``1:i``, ``i:n``.

Such a stretch is all places that it has in any turn, and in each turn those up to a number, or
from a number on. Only loops go through one; what they do beyond it does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.loop_sizes import shift_of
from gradc.frontend.ranges import extent
from gradc.frontend.values import Refusal, Stretch, Value
from gradc.ir.types import known

if TYPE_CHECKING:
    from gradc.frontend.context import Context


def stretch(context: Context, start: Value, stop: Value, *, may_be_empty: bool) -> Stretch | None:
    """The range between two numbers, one of which runs with a loop; None for any other range.

    Raises: Refusal where R would count down in some turn.
    """
    if start.__class__ is int and stop.__class__ is int:
        low, high = context.constants.value(start), context.constants.value(stop)
        if low == 1.0 and high is None:
            return _up_to(context, stop, may_be_empty)
        if low is None and high is None:
            return _from(context, start, stop)
    return None


def _runs_with(context: Context, node: int) -> tuple[int, int] | None:
    """The first number that a node is in a loop around, and the vector that the loop counts along.

    A node is such a number where it is the counter of the loop and a whole number.
    """
    records = context.graph.records
    for loop in reversed(context.open_loops):
        shift = shift_of(context.builder, node, loop.counter)
        values = records[loop.values]
        if shift is not None and values[0] == "seq_along":
            return values[1] + 1 + shift, values[2]
    return None


def _up_to(context: Context, stop: int, may_be_empty: bool) -> Stretch | None:
    found = _runs_with(context, stop)
    if found is None:
        return None
    least, vector = found
    if least < (0 if may_be_empty else 1):
        raise Refusal(
            "G104",
            "this range counts down in the first turn of the loop around it",
            "seq_len() gives no places there",
            1,
        )
    b, none = context.builder, known(0)
    # As many places as in the last turn: the first number, and one more for each further turn.
    more = least - 1
    whole = b.apply("pad", [vector], (none, known(more))) if more > 0 else vector
    if more < 0:
        whole = b.apply("slice", [vector], (none, known(-more)))
    return Stretch(b.apply("seq_along", [whole], 0), None, stop, least)


def _from(context: Context, start: int, stop: int) -> Stretch | None:
    found, end = _runs_with(context, start), extent(context, stop)
    if found is None or end is None:
        return None
    least, vector = found
    b, none = context.builder, known(0)
    last = b.size(end.vector).plus(known(end.offset))
    room = last.plus(b.size(vector), -1).plus(known(1 - least))
    if not room.is_known or room.constant < 0:
        raise Refusal(
            "G104",
            "this range may count down in the last turn of the loop around it",
            "let the loop around it end one turn earlier",
            0,
        )
    whole = end.vector
    if end.offset:
        ends = none, known(abs(end.offset))
        whole = b.apply("pad" if end.offset > 0 else "slice", [whole], ends)
    if least > 1:
        whole = b.apply("slice", [whole], (known(least - 1), none))
    return Stretch(b.apply("seq_along", [whole], least - 1), start, None, least)
