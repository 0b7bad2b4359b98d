"""Elements that a loop adds to at places that data tell: ``total[g[i]] <- total[g[i]] + y[i]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.fixed_places import runs
from gradc.frontend.loop_sizes import shift_of
from gradc.frontend.turn import Carry, NotVectorizable
from gradc.frontend.values import Filled, Value
from gradc.frontend.vectorize import Vectorized

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.turn_results import Ends


def scattered(m: Machine, ends: Ends) -> dict[str, Carry]:
    """The vectors that a turn adds to at a place of data, each element taken for a carried sum.

    Raises: NotVectorizable where a turn reads another of its elements.
    """
    found: dict[str, Carry] = {}
    for name, item in ends.filling.items():
        index, number = item.index, ends.loop.number
        if index is None or item.value is None or not runs(m, number, index):
            continue
        if shift_of(m.builder, index, ends.counter) is not None:
            continue
        reads = [(node, i) for node, (n, i) in ends.loop.reads.items() if n == name]
        if len(reads) != 1 or reads[0][1] != index or isinstance(item.before, Filled):
            raise NotVectorizable
        start, after = m.builder.const(0.0), m.builder.real(item.value)
        found[name] = Carry(f"{name}@", reads[0][0], start, after)
    return found


def added(m: Machine, done: Vectorized, item: Filled, carry: Carry) -> Value:
    """The vector once all turns have added to it.

    Raises: NotVectorizable where a turn does anything else than add.
    """
    b, step = m.builder, done.sums.get(carry.variable)
    if step is None or item.index is None:
        raise NotVectorizable
    before = b.real(m.context.node(item.before))
    more = b.apply("scatter_add", [done.rows(step), done.rows(item.index), before])
    return more if _is_zero(m, before) else b.add(before, more)


def _is_zero(m: Machine, node: int) -> bool:
    """Whether a vector is known to be zeros, which need not be added."""
    record = m.graph.records[node]
    parts = record[2:] if record[0] == "stack" else record[2:3]
    is_alike = record[0] in ("stack", "broadcast")
    return is_alike and all(m.context.constants.value(part) == 0.0 for part in parts)
