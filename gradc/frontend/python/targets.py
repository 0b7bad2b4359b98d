"""What the targets of an assignment of Python are given: ``a, b = x``, ``a, *b = x``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradc.errors import fail
from gradc.frontend.python.objects import walked
from gradc.frontend.scope import Scope
from gradc.frontend.values import Listing, Outcome, Refusal, Undecided, Value

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


def parts_of(m: Machine, node: int, value: Value, scope: Scope) -> Sequence[Value]:
    """The values of the targets of a tuple; the one with a star takes what is left."""
    targets = scope.args(node)
    stars = [k for k, target in enumerate(targets) if scope.tree.head(target) == "*args"]
    if isinstance(value, Outcome):
        return [value] * len(targets)
    if not stars:
        _count_parameters(m, node, value, scope, len(targets))
    parts = list(walked(m.context, value))
    if len(stars) == 1 and len(parts) >= len(targets) - 1:
        first = stars[0]
        end = len(parts) - (len(targets) - 1 - first)
        return [*parts[:first], Listing(parts[first:end]), *parts[end:]]
    if stars or len(targets) != len(parts):
        raise Refusal("G201", f"{len(parts)} values do not fill {len(targets)} targets")
    return parts


def _count_parameters(m: Machine, node: int, value: Value, scope: Scope, count: int) -> None:
    """``a, b = theta``: a vector of parameters whose length is open has two elements."""
    if value.__class__ is not int or m.graph.prim(value) != "input":
        return
    name = str(m.graph.attrs(value))
    if name in m.symbols.open_counts:
        error = fail("G201", f"'{name}' has {count} elements", scope.span(node))
        raise Undecided(error, set(), set(), {name: count})
