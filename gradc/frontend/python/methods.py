"""Methods of texts, lists, dicts, arrays and SymPy's expressions."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from gradc.frontend.actions import Steps
from gradc.frontend.calls import force
from gradc.frontend.context import Context
from gradc.frontend.python import sympy_names
from gradc.frontend.python.arrays import array_method
from gradc.frontend.python.formatting import format_method
from gradc.frontend.python.iterating import sorted_
from gradc.frontend.python.objects import At, key_of, mapped, put, same, walked
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Bound,
    Listing,
    Mapped,
    Outcome,
    Promise,
    Refusal,
    Value,
    Whole,
    describe,
)
from gradc.frontend.written import FLAT_LIMIT
from gradc.syntax.rope import Text, paste

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

Supplied = Sequence[tuple[str | None, Value]]


def call_method(m: Machine, at: At, bound: Bound, supplied: Supplied) -> Steps:
    """``owner.name(…)``."""
    values: list[tuple[str | None, Value]] = []
    for name, value in supplied:
        values.append((name, (yield from force(m, value)) if isinstance(value, Promise) else value))
    m.context.at = at[1], at[2]
    owner = bound.owner
    if isinstance(owner, Text) and bound.name == "format":
        return format_method(m.context, owner, values)
    steps = array_method(m, at, bound, values)
    if steps is not None:
        return (yield from steps)
    if isinstance(owner, Mapped) and bound.name == "update":
        named = mapped(m.context, [(m.context.made(n), v) for n, v in values if n])
        values = [(None, v) for n, v in values if not n]
        values.append((None, named))
    if isinstance(owner, Listing) and bound.name == "sort":
        return (yield from _sort(m, at, owner, dict(values)))
    symbolic = sympy_names.method(m, at, bound, values)
    if symbolic is not None:
        return symbolic
    if isinstance(owner, Outcome):
        return owner
    table: dict[str, Callable[..., Value]] = _table(owner)
    method = table.get(bound.name)
    if method is None:
        raise Refusal("G102", f"{describe(owner)} has no method '{bound.name}' here")
    if any(name is not None for name, _ in values):
        raise Refusal("G103", f"'{bound.name}' takes its arguments without names here")
    if isinstance(owner, (Listing, Mapped)) and bound.name in _CHANGING and m.branches.is_open:
        raise Refusal("G104", "a list cannot change where only the inputs tell whether it does")
    arguments = [value for _, value in values]
    least, most = _arity(method)
    if not least <= len(values) <= most:
        raise Refusal("G103", f"'{bound.name}' does not take {len(values)} arguments")
    return method(m.context, owner, *arguments)


@cache
def _arity(method: Callable[..., Value]) -> tuple[int, float]:
    """How many arguments a method takes besides the context and its owner."""
    parameters = list(inspect.signature(method).parameters.values())[2:]
    several = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    plain = [p for p in parameters if p.kind is not p.VAR_POSITIONAL]
    least = sum(p.default is p.empty for p in plain)
    return least, math.inf if several else len(plain)


def _sort(m: Machine, at: At, owner: Listing, options: dict[str | None, Value]) -> Steps:
    """``xs.sort(key=…, reverse=…)``."""
    if m.branches.is_open or not set(options) <= {"key", "reverse"}:
        raise Refusal("G104", "a list cannot be sorted like this here")
    key, backwards = options.get("key", ABSENT), options.get("reverse", ABSENT)
    done = yield from sorted_(m, at, owner, key, backwards)
    if isinstance(done, Listing):
        owner.items[:] = done.items
    return NULL


def _table(owner: Value) -> dict[str, Callable[..., Value]]:
    if isinstance(owner, Text):
        return _TEXT
    if isinstance(owner, Listing):
        return _LIST
    if isinstance(owner, Mapped):
        return _DICT
    return {}


# ------------------------------------------------------------------------- texts


def _join(context: Context, glue: Text, values: Value) -> Value:
    parts: list[Text] = []
    for item in walked(context, values, 0):
        if not isinstance(item, Text):
            raise Refusal("G202", f"join() takes texts, and here is {describe(item)}", None, 0)
        if parts:
            parts.append(glue)
        parts.append(item)
    context.spend(len(parts))
    return paste(parts, context.here())


def _plain(name: str) -> Callable[..., Value]:
    """A method of ``str`` that takes texts and whole numbers and gives such, or texts."""

    def call(context: Context, owner: Text, *values: Value) -> Value:
        arguments = [_argument(context, value) for value in values]
        if name in _WIDENING and any(isinstance(a, int) and a > FLAT_LIMIT for a in arguments):
            raise Refusal("G105", "this text is too wide")
        try:
            result = getattr(context.written_out(owner), name)(*arguments)
        except (ValueError, TypeError, OverflowError) as problem:
            raise Refusal("G103", f"{name}(): {problem}") from None
        return _result(context, result)

    return call


def _argument(context: Context, value: Value) -> Any:
    if isinstance(value, Text):
        return context.written_out(value)
    if value is NULL:
        return None
    if isinstance(value, Listing):
        return tuple(_argument(context, item) for item in value.items)
    return context.whole(value, "an argument of a method of text")


def _result(context: Context, result: Any) -> Value:
    if isinstance(result, str):
        return context.made(result)
    if isinstance(result, bool):
        return result
    if isinstance(result, int):
        return Whole(context.builder.const(float(result)))
    return Listing([context.made(piece) for piece in result], isinstance(result, tuple))


_WIDENING = ("ljust", "rjust", "center", "zfill")

_METHODS_OF_TEXT = (
    "strip", "lstrip", "rstrip", "upper", "lower", "title", "capitalize", "replace", "split",
    "rsplit", "splitlines", "startswith", "endswith", "zfill", "ljust", "rjust", "center", "count",
    "find", "rfind", "index", "isdigit", "isalpha", "isalnum", "isidentifier", "removeprefix",
    "removesuffix", "partition", "rpartition", "swapcase", "isspace", "isupper", "islower",
)  # fmt: skip

_TEXT: dict[str, Callable[..., Value]] = {
    "join": _join,
    **{name: _plain(name) for name in _METHODS_OF_TEXT},
}


# ------------------------------------------------------------------------- lists and dicts


def _append(context: Context, owner: Listing, value: Value) -> Value:
    owner.items.append(value)
    return NULL


def _extend(context: Context, owner: Listing, values: Value) -> Value:
    owner.items.extend(walked(context, values, 0))
    return NULL


def _insert(context: Context, owner: Listing, place: Value, value: Value) -> Value:
    owner.items.insert(context.whole(place, "a place", 0), value)
    return NULL


def _pop(context: Context, owner: Listing, place: Value | None = None) -> Value:
    index = -1 if place is None else context.whole(place, "a place", 0)
    if not -len(owner.items) <= index < len(owner.items):
        raise Refusal("G201", f"there is no element {index} to take out")
    return owner.items.pop(index)


def _reverse(context: Context, owner: Listing) -> Value:
    owner.items.reverse()
    return NULL


def _copy(context: Context, owner: Listing) -> Value:
    return Listing(list(owner.items), owner.is_tuple, owner.is_set)


def _index(context: Context, owner: Listing, value: Value) -> Value:
    for k, item in enumerate(owner.items):
        if same(context, item, value):
            return Whole(context.builder.const(float(k)))
    raise Refusal("G103", f"{describe(value)} is not in the list", None, 0)


def _count(context: Context, owner: Listing, value: Value) -> Value:
    found = sum(same(context, item, value) for item in owner.items)
    return Whole(context.builder.const(float(found)))


def _remove(context: Context, owner: Listing, value: Value) -> Value:
    for k, item in enumerate(owner.items):
        if same(context, item, value):
            del owner.items[k]
            return NULL
    raise Refusal("G103", f"{describe(value)} is not in the list", None, 0)


def _add(context: Context, owner: Listing, value: Value) -> Value:
    if not owner.is_set:
        raise Refusal("G102", "a list has no method 'add'", "append() adds at its end")
    wanted = key_of(context, value)
    if all(key_of(context, item) != wanted for item in owner.items):
        owner.items.append(value)
    return NULL


def _clear(context: Context, owner: Listing) -> Value:
    owner.items.clear()
    return NULL


_LIST: dict[str, Callable[..., Value]] = {
    "append": _append, "extend": _extend, "insert": _insert, "pop": _pop, "reverse": _reverse,
    "copy": _copy, "index": _index, "count": _count, "clear": _clear,
    "remove": _remove, "add": _add,
}  # fmt: skip


def _items(context: Context, owner: Mapped) -> Value:
    return Listing([Listing([key, v], is_tuple=True) for key, v in owner.entries.values()])


def _keys(context: Context, owner: Mapped) -> Value:
    return Listing([key for key, _ in owner.entries.values()])


def _values(context: Context, owner: Mapped) -> Value:
    return Listing([value for _, value in owner.entries.values()])


def _get(context: Context, owner: Mapped, key: Value, default: Value = NULL) -> Value:
    found = owner.entries.get(key_of(context, key))
    return default if found is None else found[1]


def _update(context: Context, owner: Mapped, *others: Value) -> Value:
    for other in others:
        if isinstance(other, Mapped):
            pairs = list(other.entries.values())
        else:
            rows = [walked(context, pair) for pair in walked(context, other, 0)]
            if any(len(row) != 2 for row in rows):
                raise Refusal("G201", "a dict is made of pairs", None, 0)
            pairs = [(row[0], row[1]) for row in rows]
        for key, value in pairs:
            put(context, owner, key, value)
    return NULL


def _pop_item(context: Context, owner: Mapped) -> Value:
    if not owner.entries:
        raise Refusal("G103", "the dict is empty")
    key, value = owner.entries.popitem()[1]
    return Listing([key, value], is_tuple=True)


def _clear_dict(context: Context, owner: Mapped) -> Value:
    owner.entries.clear()
    return NULL


def _pop_key(context: Context, owner: Mapped, key: Value, default: Value | None = None) -> Value:
    found = owner.entries.pop(key_of(context, key), None)
    if found is not None:
        return found[1]
    if default is None:
        raise Refusal("G103", "the dict has no such key", None, 0)
    return default


def _copy_dict(context: Context, owner: Mapped) -> Value:
    return Mapped(dict(owner.entries))


def _set_default(context: Context, owner: Mapped, key: Value, default: Value = NULL) -> Value:
    return owner.entries.setdefault(key_of(context, key), (key, default))[1]


_DICT: dict[str, Callable[..., Value]] = {
    "items": _items, "keys": _keys, "values": _values, "get": _get, "update": _update,
    "copy": _copy_dict, "setdefault": _set_default, "pop": _pop_key, "popitem": _pop_item,
    "clear": _clear_dict,
}  # fmt: skip

_CHANGING = frozenset(
    ("append", "extend", "insert", "pop", "popitem", "reverse", "clear", "update", "setdefault",
     "remove", "add", "sort", "discard")
)  # fmt: skip
