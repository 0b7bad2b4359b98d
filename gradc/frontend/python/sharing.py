"""Arrays of NumPy that several names share.

An array is a value here and an object there: where ``b = a`` stands before ``b[0] = 1``, the
array that ``a`` means changes as well. Such a change is refused, as is one of a view.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.python.objects import array_of
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import Elements, Listing, Mapped, Refusal, Value, Whole

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


class View(Elements):
    """A slice of an array: the elements of the array itself."""

    __slots__ = ()


def is_array(m: Machine, value: Value | None) -> bool:
    """Whether a value is an array that may change."""
    if isinstance(value, Elements):
        return True
    return value.__class__ is int and bool(m.graph.types[m.context.node(value)].shape)


def check_alone(m: Machine, scope: Scope, array: Value, owner: Value | None) -> None:
    """Refuse to change an array that is known elsewhere as well.

    ``owner`` is the list or the dict that holds the array, where one does.
    """
    if isinstance(array, View):
        raise Refusal(
            "G104", "a slice of an array changes the array itself", "copy() makes it another array"
        )
    holders: dict[int, Sequence[Value]] = {}
    found = 0
    _hold(holders, owner)
    for environment in _environments(m, scope):
        m.context.spend(len(environment.variables) // 8)
        for value in environment.variables.values():
            _hold(holders, value)
            found += _is_that(value, array)
    for items in holders.values():
        m.context.spend(len(items) // 8)
        found += sum(_is_that(value, array) for value in items)
    if found > 1:
        raise Refusal(
            "G104",
            "this changes an array that another name stands for as well",
            "copy() makes it another array",
        )


def fitted(m: Machine, array: Value, value: Value) -> Value:
    """A value as it is put into an array: into one of integers only integers go."""
    if not isinstance(array, Elements):
        return value
    made = array_of(m.context, value)
    items = made.items if isinstance(made, Elements) else (made,)
    if all(isinstance(item, (Whole, bool)) for item in array.items):
        if all(isinstance(item, (Whole, bool)) for item in items):
            return value
        raise Refusal(
            "G104", "NumPy cuts what is put into an array of integers", "dtype=float makes it one"
        )
    return plain(made)


def plain(value: Value) -> Value:
    """Numbers of an array of floats: none of them is an integer."""
    if isinstance(value, Elements):
        return Elements([int(v) if isinstance(v, Whole) else v for v in value.items])
    return int(value) if isinstance(value, Whole) else value


def _hold(holders: dict[int, Sequence[Value]], value: Value | None) -> None:
    """Remember what a list or a dict holds."""
    if isinstance(value, Listing):
        holders[id(value)] = value.items
    elif isinstance(value, Mapped):
        holders[id(value)] = [item for _, item in value.entries.values()]


def _is_that(value: Value, array: Value) -> bool:
    return value is array or (value.__class__ is int and value == array)


def _environments(m: Machine, scope: Scope) -> Iterator[Environment]:
    """All variables that the script can still reach: of this place, and of all calls under way."""
    seen: set[int] = set()
    starts = [scope.environment, m.globals]
    starts += [activation.environment for activation in m.branches.activations]
    for start in starts:
        environment: Environment | None = start
        while environment is not None and id(environment) not in seen:
            seen.add(id(environment))
            if environment is not m.root:
                yield environment
            environment = environment.parent
