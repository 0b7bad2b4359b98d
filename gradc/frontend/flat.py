"""The numbers of a matrix as one vector, where only the data tell how many there are.

No size says how long ``c(X)`` is, as that is a product of two. So it stays the matrix: what
works on each number, or on all of them, gives the same; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.complaints import of_unknown_length
from gradc.frontend.values import Dots, Flat, Value

if TYPE_CHECKING:
    from gradc.frontend.context import Context

ON_FLAT = frozenset(("sum", "mean", "prod", "min", "max", "range", "length"))
"""Functions that give the same of a matrix."""


def has_flat(values: Sequence[Value]) -> bool:
    """Whether one of the values is the numbers of a matrix."""
    return any(value.__class__ is Flat for value in values)


def unflattened(value: Value) -> Value:
    """The matrix in place of its numbers; any other value itself."""
    if isinstance(value, Dots):
        return Dots(tuple((name, unflattened(item)) for name, item in value.items))
    return value.matrix if isinstance(value, Flat) else value


def with_flat(context: Context, values: Sequence[Value], one: Callable[..., int]) -> Value:
    """An elementwise function of values, some of which are the numbers of a matrix.

    Raises: Refusal where a vector is among them.
    """
    nodes: list[int] = []
    for place, value in enumerate(values):
        node = value.matrix if isinstance(value, Flat) else context.node(value, place)
        if not isinstance(value, Flat) and context.graph.types[node].rank:
            raise of_unknown_length(1 - place if len(values) == 2 else None)
        nodes.append(node)
    return Flat(one(*nodes))
