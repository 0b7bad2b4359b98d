"""Python's own objects at compile time: lists, tuples and dicts, and their operators."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from gradc.frontend.actions import Action
from gradc.frontend.context import Context
from gradc.frontend.python.formatting import percent
from gradc.frontend.scope import Scope
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Atom,
    Bound,
    Closure,
    Elements,
    Items,
    Known,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Special,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text, paste

At = tuple[str, Scope, int]
OnObjects = Callable[[Context, Sequence[Value]], "Value | None"]


def key_of(context: Context, value: Value) -> Hashable:
    """What identifies a key of a dict: equal texts and equal numbers are one key."""
    if isinstance(value, Text):
        return context.written_out(value)
    if isinstance(value, Listing) and value.is_tuple:
        return tuple(key_of(context, item) for item in value.items)
    if isinstance(value, int):
        number = context.number(value)
        return ("node", int(value)) if number is None else ("number", number)
    if isinstance(value, Special):
        return value
    raise Refusal("G104", f"{describe(value)} cannot be the key of a dict")


def same(context: Context, left: Value, right: Value) -> bool:
    """Whether two values are equal, as ``in`` and ``index`` ask."""
    if _is_object(left) or _is_object(right):
        return _is_same(context, left, right)
    a, b = key_of(context, left), key_of(context, right)
    kinds = {key[0] for key in (a, b) if isinstance(key, tuple)}
    if kinds == {"node", "number"}:
        raise Refusal("G104", "only the inputs tell whether these two are equal")
    return a == b


def put(context: Context, owner: Mapped, key: Value, value: Value) -> None:
    """``owner[key] = value``: a key that is there already stays as it is."""
    identity = key_of(context, key)
    found = owner.entries.get(identity)
    owner.entries[identity] = (key if found is None else found[0], value)


def walked(context: Context, value: Value, argument: int | None = None) -> Sequence[Value]:
    """What a loop of Python runs through."""
    if isinstance(value, Listing):
        if value.is_set and len(value.items) > 1:
            raise Refusal("G104", "a set has no order to run through", "sorted() gives it one")
        return tuple(value.items)
    if isinstance(value, Mapped):
        return [key for key, _ in value.entries.values()]
    if isinstance(value, Text):
        return [context.made(character) for character in context.written_out(value)]
    if isinstance(value, Items):
        return value.values
    if isinstance(value, (Known, Closure, Bound)):
        raise Refusal("G202", f"{describe(value)} has no elements", None, argument)
    return context.atoms(value, argument)


def set_of(context: Context, items: Iterable[Value]) -> Listing:
    """A set of these: equal ones once."""
    found: dict[Hashable, Value] = {}
    for item in items:
        found.setdefault(key_of(context, item), item)
    return Listing(list(found.values()), is_set=True)


def array_of(context: Context, value: Value) -> Value:
    """A list of numbers as the array that NumPy makes of it; anything else unchanged."""
    if not isinstance(value, Listing):
        return value
    atoms: list[Atom] = []
    for item in value.items:
        atom = array_of(context, item)
        if isinstance(atom, Elements) and len(atom) == 1:
            atom = atom.at(0)
        if not isinstance(atom, (int, Special)):
            message = f"a list that holds {describe(item)} is no array of numbers"
            raise Refusal("G202", message)
        atoms.append(atom)
    return Elements(atoms) if len(atoms) != 1 else atoms[0]


def _place(context: Context, owner: Listing, index: Value) -> int:
    place = context.whole(index, "an index", 1)
    if not -len(owner.items) <= place < len(owner.items):
        there = (
            "there is 1 element"
            if len(owner.items) == 1
            else (f"there are {len(owner.items)} elements")
        )
        raise Refusal("G201", f"index {place} is outside: {there}", None, 1)
    return place


def object_item(context: Context, owner: Listing | Mapped, index: Value) -> Value:
    """``x[i]`` of a list, ``d[key]`` of a dict."""
    if isinstance(owner, Mapped):
        found = owner.entries.get(key_of(context, index))
        if found is None:
            raise Refusal("G103", f"the dict has no key {_shown(context, index)}", None, 1)
        return found[1]
    if owner.is_set:
        raise Refusal("G202", "a set has no order, so its elements have no places", None, 1)
    if isinstance(index, Items):
        return Listing(owner.items[_slice(context, index)], owner.is_tuple)
    return owner.items[_place(context, owner, index)]


def _slice(context: Context, index: Items) -> slice:
    bounds = [
        None if part in (ABSENT, NULL) else context.whole(part, "a slice", 1)
        for part in index.values
    ]
    if bounds[2] == 0:
        raise Refusal("G103", "the step of a slice cannot be 0", None, 1)
    return slice(*bounds)


def _shown(context: Context, index: Value) -> str:
    return repr(context.written_out(index)) if isinstance(index, Text) else describe(index)


def set_object_item(context: Context, owner: Listing | Mapped, index: Value, value: Value) -> None:
    """``x[i] = value``: the object itself changes."""
    if isinstance(owner, Mapped):
        put(context, owner, index, value)
    elif owner.is_tuple or owner.is_set:
        raise _cannot_change(owner)
    elif isinstance(index, Items):
        _set_slice(context, owner, _slice(context, index), walked(context, value))
    else:
        owner.items[_place(context, owner, index)] = value


def _cannot_change(owner: Listing) -> Refusal:
    return Refusal(
        "G202", f"the elements of a {'tuple' if owner.is_tuple else 'set'} cannot change"
    )


def _set_slice(context: Context, owner: Listing, places: slice, values: Sequence[Value]) -> None:
    count = len(range(*places.indices(len(owner.items))))
    if places.step not in (None, 1) and len(values) != count:
        raise Refusal("G201", f"{len(values)} values do not fill {count} places")
    context.spend(len(values))
    owner.items[places] = values


def delete_item(context: Context, owner: Value, index: Value) -> None:
    """``del x[i]``, ``del d[key]``: the object itself changes."""
    if isinstance(owner, Mapped):
        if owner.entries.pop(key_of(context, index), None) is None:
            raise Refusal("G103", f"the dict has no key {_shown(context, index)}")
        return
    if not isinstance(owner, Listing):
        raise Refusal("G202", f"nothing can be deleted from {describe(owner)}")
    if owner.is_tuple or owner.is_set:
        raise _cannot_change(owner)
    del owner.items[
        _slice(context, index) if isinstance(index, Items) else _place(context, owner, index)
    ]


# ------------------------------------------------------------------------- operators


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _ordered(context: Context, name: str, left: Value, right: Value) -> Value | None:
    """The order of two texts, by code point, or of two tuples or lists."""
    texts = isinstance(left, Text) and isinstance(right, Text)
    lists = isinstance(left, Listing) and isinstance(right, Listing)
    if not texts and not lists:
        return None
    try:
        return _ORDERS[name](sort_key(context, left), sort_key(context, right))
    except TypeError:
        raise no_order() from None


def sort_key(context: Context, value: Value) -> Any:
    """What a known value is sorted by: its text, its number, the keys of its parts."""
    if isinstance(value, Text):
        return context.written_out(value)
    if isinstance(value, Listing):
        if value.is_set:
            raise Refusal("G104", "sets cannot be put in order here")
        keys = [sort_key(context, item) for item in value.items]
        return tuple(keys) if value.is_tuple else keys
    return context.known(value, "a number that is put in order")


def no_order() -> Refusal:
    """The complaint about values of two sorts: Python cannot compare them either."""
    return Refusal("G202", "values of two sorts, such as text and a number, have no order")


_SORTS = (Text, Listing, Mapped)


def _is_object(value: Value) -> bool:
    return isinstance(value, (Listing, Mapped, Text)) or value is NULL


def _is_same(context: Context, left: Value, right: Value) -> bool:
    if left is NULL or right is NULL:
        return left is right
    if isinstance(left, Listing) and isinstance(right, Listing):
        if left.is_set and right.is_set:
            return {key_of(context, a) for a in left.items} == {
                key_of(context, b) for b in right.items
            }
        same_sort = (left.is_tuple, left.is_set) == (right.is_tuple, right.is_set)
        return (
            same_sort
            and len(left.items) == len(right.items)
            and all(same(context, a, b) for a, b in zip(left.items, right.items, strict=True))
        )
    if isinstance(left, Mapped) and isinstance(right, Mapped):
        return left.entries.keys() == right.entries.keys() and all(
            same(context, value, right.entries[key][1]) for key, (_, value) in left.entries.items()
        )
    if type(left) is not type(right) and isinstance(left, _SORTS) | isinstance(right, _SORTS):
        return False
    return key_of(context, left) == key_of(context, right)


def _added(context: Context, left: Value, right: Value) -> Value | None:
    if isinstance(left, Text) and isinstance(right, Text):
        return paste([left, right], context.here())
    if isinstance(left, Text) or isinstance(right, Text):
        other = right if isinstance(left, Text) else left
        if isinstance(other, Outcome):
            return other
        raise Refusal("G202", f"text and {describe(other)} cannot be added", "str() makes it text")
    if isinstance(left, Listing) and isinstance(right, Listing):
        if left.is_tuple != right.is_tuple or left.is_set or right.is_set:
            raise Refusal("G202", "only two lists or two tuples can be added")
        context.spend(len(left.items) + len(right.items))
        return Listing([*left.items, *right.items], left.is_tuple)
    return None


def _repeated(context: Context, left: Value, right: Value) -> Value | None:
    for what, times in ((left, right), (right, left)):
        if not isinstance(what, (Text, Listing)) or isinstance(times, (Elements, Listing)):
            continue
        is_count = isinstance(times, (Whole, bool))
        if isinstance(what, Listing) and isinstance(times, int) and not is_count:
            continue  # an array of the model times a list
        if not is_count and isinstance(times, int) and context.number(times) is not None:
            raise Refusal("G202", "text is repeated by an integer, and this is none")
        if isinstance(what, Listing) and what.is_set:
            raise Refusal("G202", "a set cannot be repeated")
        count = max(0, context.whole(times, "how often a text or a list is repeated"))
        context.spend(count * (len(what.items) if isinstance(what, Listing) else 1))
        if isinstance(what, Text):
            return paste([what] * count, context.here())
        return Listing(what.items * count, what.is_tuple)
    return None


# ------------------------------------------------------------------------- truth


def mapped(context: Context, pairs: Iterable[tuple[Value, Value]]) -> Mapped:
    """A dict of these pairs, later ones winning."""
    made = Mapped({})
    for key, value in pairs:
        put(context, made, key, value)
    return made


def truth(context: Context, x: Value) -> bool | Value:
    """The truth of a value as Python has it: what is empty is false."""
    if isinstance(x, Text):
        return x.length > 0
    if isinstance(x, Listing):
        return bool(x.items)
    if isinstance(x, Mapped):
        return bool(x.entries)
    if x is NULL:
        return False
    return True if isinstance(x, (Closure, Action, Bound, Known)) else x


def _negated(context: Context, values: Sequence[Value]) -> Value | None:
    verdict = truth(context, values[0])
    return not verdict if isinstance(verdict, bool) else None


def _formatted(context: Context, values: Sequence[Value]) -> Value | None:
    left, right = values
    return percent(context, left, right) if isinstance(left, Text) else None


def _equality(equal: bool) -> OnObjects:
    def call(context: Context, values: Sequence[Value]) -> Value | None:
        left, right = values
        if not _is_object(left) and not _is_object(right):
            return None
        return _is_same(context, left, right) is equal

    return call


def _order(name: str) -> OnObjects:
    return lambda context, values: _ordered(context, name, values[0], values[1])


OPERATORS: dict[tuple[str, int], OnObjects] = {
    ("+", 2): lambda context, values: _added(context, values[0], values[1]),
    ("*", 2): lambda context, values: _repeated(context, values[0], values[1]),
    ("%", 2): _formatted,
    ("!", 1): _negated,
    ("==", 2): _equality(True),
    ("!=", 2): _equality(False),
    **{(name, 2): _order(name) for name in _ORDERS},
}
"""Operators of lists and texts; they give None where arrays and numbers are meant."""
