"""Indexing of vectors by what only the data tell: ``u[group]``, ``y[i - 1]``, ``y[-1]``."""

from __future__ import annotations

from gradc.frontend.context import Context
from gradc.frontend.ranges import extent
from gradc.frontend.turn import LOOP_VARIABLE
from gradc.frontend.values import Elements, Refusal, Value, Whole
from gradc.ir.types import known

MANY = 16
"""From how many elements on a vector of known length stays one node where it is cut."""

_MOST_FIRST = 16
"""Up to which place an element of data of any length may be replaced."""


def gather(context: Context, x: Value, index: Value) -> Value | None:
    """``x[index]`` as a node; None where the index is known, or can be."""
    if isinstance(x, bool) or not isinstance(x, (int, Elements)):
        return None
    if isinstance(x, Elements) and x.dim is not None:
        return None
    if isinstance(x, int) and context.graph.types[x].rank != 1:
        return None
    if isinstance(x, int):
        dropped = _dropped(context, x, index)
        if dropped is not None:
            return dropped
    place = _open_index(context, index)
    if place is None:
        return None
    return context.builder.apply("gather", [context.node(x), place])


def _open_index(context: Context, index: Value) -> int | None:
    """The node of an index that only the data or a loop's counter tell."""
    if isinstance(index, Elements):
        if not index.items or any(
            context.is_logical(i) or not isinstance(i, int) for i in index.items
        ):
            return None
        if all(context.number(item) is not None for item in index.items):
            return None
        return context.node(index)
    if index.__class__ is not int or context.is_logical(index):
        return None
    node: int = index
    if context.graph.types[node].rank == 1:
        return node if context.graph.prim(node) != "stack" else None
    if context.constants.value(node) is not None:
        return None
    # A number of the script that is an index is fixed, see NeedsKnown.
    is_given = not in_loop(context, node) and context.defaults(node) is not None
    return None if is_given else node


def in_loop(context: Context, node: int) -> bool:
    """Whether a node depends on a loop's counter or on what a loop carries."""
    if not context.open_loops:
        return False
    graph, first = context.graph, context.open_loops[0].number
    pending, seen = [node], {node}
    while pending:
        top = pending.pop()
        if graph.prim(top) == LOOP_VARIABLE:
            return True
        fresh = [arg for arg in graph.args(top) if arg >= first and arg not in seen]
        seen.update(fresh)
        pending += fresh
    return False


def _dropped(context: Context, x: int, index: Value) -> int | None:
    """``y[-1]``, ``y[-length(y)]`` and, of a long vector, ``y[a:b]``."""
    graph, b = context.graph, context.builder
    length = context.length_of(x)
    if length is not None and length < MANY:
        return None
    if length is not None and isinstance(index, Elements):
        return _run(context, x, index, length)
    if isinstance(index, bool) or not isinstance(index, int):
        return None
    number = context.constants.value(int(index)) if not graph.types[index].shape else None
    none, one = known(0), known(1)
    if number == -1.0:
        return b.apply("slice", [x], (one, none))
    if length is not None:
        last = number is not None and number == -length
        return b.apply("slice", [x], (none, one)) if last else None
    record = graph.records[index]
    found = extent(context, record[2]) if record[0] == "neg" else None
    if found is None:
        return None
    after = b.size(x).plus(b.size(found.vector), -1).plus(known(-found.offset))
    if not after.is_known or after.constant:
        raise Refusal("G104", "which element is left out is not known here", None, 1)
    return b.apply("slice", [x], (none, one))


def _run(context: Context, x: int, index: Elements, length: int) -> int | None:
    """``x[a:b]`` of a long vector of known length."""
    if len(index) < MANY or not all(isinstance(item, Whole) for item in index.items):
        return None
    numbers = [context.constants.value(int(item)) for item in index.items]  # type: ignore[arg-type]
    first, last = numbers[0], numbers[-1]
    if first is None or last is None or not 1 <= first <= last <= length:
        return None
    if numbers != [first + k for k in range(len(numbers))]:
        return None
    ends = known(int(first) - 1), known(length - int(last))
    return context.builder.apply("slice", [x], ends)


def set_first(context: Context, x: Value, index: Value, value: Value) -> Value | None:
    """``x[k] <- value`` near the beginning of a vector of any length; None for another."""
    if x.__class__ is not int or context.length_of(x) is not None or index.__class__ is not int:
        return None
    node: int = x
    place = context.constants.value(index)
    if place is None or not place.is_integer() or not 1 <= place <= _MOST_FIRST:
        return None
    if context.length_of(value) != 1 or context.graph.types[node].rank != 1:
        return None
    b = context.builder
    parts = [b.index(node, k) for k in range(1, int(place))]
    rest = b.apply("slice", [node], (known(int(place)), known(0)))
    return b.apply("concat", [*parts, b.real(context.node(value)), rest])
