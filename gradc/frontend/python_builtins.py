"""Python's builtins over texts, lists and dicts, and what takes functions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Callback, Native, Steps
from gradc.frontend.calls import call
from gradc.frontend.context import TURN_COST, Context, vector_of
from gradc.frontend.python_objects import (
    At,
    array_of,
    key_of,
    mapped,
    set_of,
    sort_key,
    truth,
    walked,
)
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Value,
    Whole,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_Many = Generator["tuple[int, Scope]", Value, list[Value]]


def listing(context: Context, dots: Dots) -> Value:
    """``[a, b]``."""
    return Listing([value for _, value in dots.items])


def tuple_of(context: Context, dots: Dots) -> Value:
    """``(a, b)``."""
    return Listing([value for _, value in dots.items], is_tuple=True)


def to_list(context: Context, x: Value) -> Value:
    """``list(x)``."""
    return Listing([] if x is ABSENT else list(walked(context, x, 0)))


def to_tuple(context: Context, x: Value) -> Value:
    """``tuple(x)``."""
    return Listing([] if x is ABSENT else list(walked(context, x, 0)), is_tuple=True)


def array(context: Context, x: Value, dtype: Value) -> Value:
    """``np.array(x)``."""
    return array_of(context, x)


def joined(context: Context, x: Value) -> Value:
    """``np.concatenate([a, b])``."""
    atoms = [
        atom for part in walked(context, x, 0) for atom in context.atoms(array_of(context, part))
    ]
    return vector_of(atoms)


def length(context: Context, x: Value) -> Value:
    """``len(x)``."""
    if isinstance(x, Text):
        return Whole(context.builder.const(float(context.characters(x))))
    if isinstance(x, Mapped):
        return Whole(context.builder.const(float(len(x.entries))))
    if isinstance(x, Listing):
        return Whole(context.builder.const(float(len(x.items))))
    count = context.length_of(x)
    if count is None:
        return context.builder.length(context.node(x))
    return Whole(context.builder.const(float(count)))


def enumerate_(context: Context, x: Value, start: Value) -> Value:
    """``enumerate(x, start)``."""
    first = 0 if start is ABSENT else context.whole(start, "'start'", 1)
    pairs: list[Value] = []
    for k, item in enumerate(walked(context, x, 0), first):
        pairs.append(Listing([Whole(context.builder.const(float(k))), item], is_tuple=True))
    return Listing(pairs)


def zip_(context: Context, dots: Dots) -> Value:
    """``zip(…)``: up to the shortest, as in Python."""
    columns = [walked(context, value, k) for k, (_, value) in enumerate(dots.items)]
    return Listing([Listing(list(row), is_tuple=True) for row in zip(*columns, strict=False)])


def reversed_(context: Context, x: Value) -> Value:
    """``reversed(x)``."""
    return Listing(list(walked(context, x, 0))[::-1])


def make_dict(context: Context, dots: Dots) -> Value:
    """``{key: value, …}`` as the reader has it: keys and values in turn."""
    values = [value for _, value in dots.items]
    return mapped(context, zip(values[::2], values[1::2], strict=True))


def dict_(context: Context, x: Value, dots: Dots) -> Value:
    """``dict(…)``: of pairs, of another dict, or by name."""
    made = Mapped({})
    if isinstance(x, Mapped):
        made.entries.update(x.entries)
    elif x is not ABSENT:
        for pair in walked(context, x, 0):
            key, value = pair_of(context, pair)
            made.entries[key_of(context, key)] = (key, value)
    for name, value in dots.items:
        made.entries[name] = (context.made(name or ""), value)
    return made


def pair_of(context: Context, value: Value) -> tuple[Value, Value]:
    """The two parts of a pair."""
    parts = walked(context, value)
    if len(parts) != 2:
        raise Refusal("G201", f"a pair has 2 parts, and here are {len(parts)}")
    return parts[0], parts[1]


def set_display(context: Context, dots: Dots) -> Value:
    """``{a, b}``."""
    return set_of(context, [value for _, value in dots.items])


def to_set(context: Context, x: Value) -> Value:
    """``set(x)``."""
    if x is ABSENT:
        return Listing([], is_set=True)
    items = x.items if isinstance(x, Listing) else walked(context, x, 0)
    return set_of(context, items)


def divided(context: Context, a: Value, b: Value) -> Value:
    """``divmod(a, b)``."""
    parts = [
        context.elementwise(lambda x, y, prim=prim: context.builder.apply(prim, (x, y)), [a, b])
        for prim in ("idiv", "mod")
    ]
    if isinstance(a, Whole) and isinstance(b, Whole):
        parts = [context.whole_number(part) for part in parts]
    return Listing(parts, is_tuple=True)


def contains(context: Context, x: Value, owner: Value) -> Value:
    """``x in owner``."""
    if isinstance(owner, Text):
        return context.flat(x, "what is looked for", 0) in context.written_out(owner)
    if isinstance(owner, Mapped):
        return key_of(context, x) in owner.entries
    wanted = key_of(context, x)
    items = owner.items if isinstance(owner, Listing) else walked(context, owner, 1)
    return any(key_of(context, item) == wanted for item in items)


def contains_not(context: Context, x: Value, owner: Value) -> Value:
    """``x not in owner``."""
    return contains(context, x, owner) is False


def is_same(context: Context, x: Value, y: Value) -> Value:
    """``x is None``."""
    if y is not NULL and x is not NULL and not isinstance(y, bool):
        raise Refusal("G104", "'is' asks what numbers do not tell", "compare with ==")
    return x is y


def is_other(context: Context, x: Value, y: Value) -> Value:
    """``x is not None``."""
    return is_same(context, x, y) is False


def to_int(context: Context, x: Value, base: Value) -> Value:
    """``int(x)``."""
    if isinstance(x, Text):
        radix = 10 if base is ABSENT else context.whole(base, "the base", 1)
        try:
            return Whole(context.builder.const(float(int(context.written_out(x), radix))))
        except ValueError:
            raise Refusal("G103", "this text is no whole number", None, 0) from None
    cut = context.elementwise(lambda node: context.builder.apply("trunc", (node,)), [x])
    return context.whole_number(cut)


def to_float(context: Context, x: Value) -> Value:
    """``float(x)``."""
    if isinstance(x, Text):
        try:
            return context.builder.const(float(context.written_out(x)))
        except ValueError:
            raise Refusal("G103", "this text is no number", None, 0) from None
    if isinstance(x, Outcome):
        return x
    return context.builder.real(context.node(x, 0))


def to_bool(context: Context, x: Value) -> Value:
    """``bool(x)``."""
    return truth(context, x)


def character(context: Context, x: Value) -> Value:
    """``chr(x)``."""
    code = context.whole(x, "the code of a character", 0)
    if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
        raise Refusal("G103", f"there is no character {code}", None, 0)
    return context.made(chr(code))


def ordinal(context: Context, x: Value) -> Value:
    """``ord(x)``."""
    text = context.flat(x, "a character", 0)
    if len(text) != 1:
        raise Refusal("G103", "ord() takes one character", None, 0)
    return Whole(context.builder.const(float(ord(text))))


def round_(context: Context, x: Value, digits: Value) -> Value:
    """``round(x, digits)``; to decimal places of what is known only."""
    if digits is ABSENT or digits is NULL:
        whole = context.elementwise(lambda n: context.builder.apply("round", (n,)), [x])
        return context.whole_number(whole)
    number = context.known(x, "a number that is rounded to decimal places", 0)
    places = context.whole(digits, "the number of places", 1)
    if isinstance(x, Whole):
        return Whole(context.builder.const(float(round(int(number), places))))
    return context.builder.const(round(number, places))


def map_(m: Machine, at: At, function: Value, dots: Dots) -> Steps:
    """``map(f, xs, …)``."""
    columns = [walked(m.context, value, k + 1) for k, (_, value) in enumerate(dots.items)]
    results: list[Value] = []
    for row in zip(*columns, strict=False):
        m.context.spend(TURN_COST)
        results.append((yield from call(m, function, [(None, v) for v in row], *at)))
    return Listing(results)


def filter_(m: Machine, at: At, function: Value, x: Value) -> Steps:
    """``filter(f, xs)``."""
    kept: list[Value] = []
    for value in walked(m.context, x, 1):
        m.context.spend(TURN_COST)
        verdict = value
        if function is not NULL:
            verdict = yield from call(m, function, [(None, value)], *at)
        holds = m.context.truth(truth(m.context, verdict))
        if holds is None:
            raise Refusal("G104", "which elements are kept must be known beforehand")
        if holds:
            kept.append(value)
    return Listing(kept)


def reduce_(m: Machine, at: At, function: Value, x: Value, start: Value) -> Steps:
    """``functools.reduce(f, xs, start)``."""
    values = list(walked(m.context, x, 1))
    if start is not ABSENT:
        values.insert(0, start)
    if not values:
        raise Refusal("G103", "reduce() of nothing has no value", None, 1)
    state = values[0]
    for value in values[1:]:
        m.context.spend(TURN_COST)
        state = yield from call(m, function, [(None, state), (None, value)], *at)
    return state


def _keys(m: Machine, at: At, items: Sequence[Value], key: Value) -> _Many:
    """What each element is compared by."""
    if key in (ABSENT, NULL):
        return list(items)
    found: list[Value] = []
    for item in items:
        m.context.spend(TURN_COST)
        found.append((yield from call(m, key, [(None, item)], *at)))
    return found


def sorted_(m: Machine, at: At, x: Value, key: Value, reverse: Value) -> Steps:
    """``sorted(x, key=…)`` of what is known; equal ones stay in order."""
    items = x.items if isinstance(x, Listing) else walked(m.context, x, 0)
    keys = yield from _keys(m, at, items, key)
    by = [sort_key(m.context, value) for value in keys]
    backwards = reverse is not ABSENT and m.context.flag(reverse, "'reverse'")
    order = sorted(range(len(by)), key=by.__getitem__, reverse=backwards)
    return Listing([items[k] for k in order])


def _extreme(largest: bool) -> Callback:
    def run(m: Machine, at: At, dots: Dots, key: Value, default: Value) -> Steps:
        given = [value for _, value in dots.items]
        items = list(walked(m.context, given[0], 0)) if len(given) == 1 else given
        if not items:
            if default is ABSENT:
                raise Refusal("G103", "of nothing there is no largest or smallest", None, 0)
            return default
        keys = yield from _keys(m, at, items, key)
        if key is ABSENT and not all(_is_known(m, value) for value in keys):
            return _of_inputs(m, items, largest)
        by = [sort_key(m.context, value) for value in keys]
        best = 0
        for k in range(1, len(by)):
            if by[k] > by[best] if largest else by[k] < by[best]:
                best = k
        return items[best]

    return run


def _is_known(m: Machine, value: Value) -> bool:
    return isinstance(value, (Text, Listing)) or m.is_known_number(value)


def _of_inputs(m: Machine, items: Sequence[Value], largest: bool) -> Value:
    """The largest or smallest of numbers that the inputs decide."""
    prim = "max2" if largest else "min2"
    result = items[0]
    for item in items[1:]:
        result = m.context.elementwise(
            lambda x, y: m.context.builder.apply(prim, (x, y)), [result, item]
        )
    return result


CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("map", "function ...", "function", map_),
    ("sorted", "iterable key? reverse?", None, sorted_),
    ("max", "... key? default?", None, _extreme(largest=True)),
    ("min", "... key? default?", None, _extreme(largest=False)),
    ("filter", "function iterable", "function", filter_),
    ("functools.reduce", "function sequence initial?", "function", reduce_),
)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[]", "...", listing),
    ("()", "...", tuple_of),
    ("{:}", "...", make_dict),
    ("list", "iterable?", to_list),
    ("tuple", "iterable?", to_tuple),
    ("dict", "mapping? **", dict_),
    ("array", "object dtype?", array),
    ("concatenate", "arrays", joined),
    ("len", "obj", length),
    ("enumerate", "iterable start?", enumerate_),
    ("zip", "...", zip_),
    ("reversed", "sequence", reversed_),
    ("{,}", "...", set_display),
    ("set", "iterable?", to_set),
    ("frozenset", "iterable?", to_set),
    ("divmod", "a b", divided),
    ("in", "x y", contains),
    ("not-in", "x y", contains_not),
    ("is", "x y", is_same),
    ("is-not", "x y", is_other),
    ("int", "x base?", to_int),
    ("float", "x", to_float),
    ("bool", "x", to_bool),
    ("chr", "i", character),
    ("ord", "c", ordinal),
    ("round", "number ndigits?", round_),
)
