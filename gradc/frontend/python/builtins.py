"""Python's builtins over numbers, texts, lists and dicts."""

from __future__ import annotations

import math

from gradc.frontend.actions import Action, Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.python.objects import (
    array_of,
    key_of,
    put,
    same,
    set_of,
    truth,
    walked,
)
from gradc.frontend.python.sharing import plain
from gradc.frontend.reductions import total
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Closure,
    Dots,
    Elements,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text


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
    """``np.array(x)``: another array than ``x``."""
    made = array_of(context, x)
    if isinstance(made, Elements):
        made = Elements(made.items)
    return _typed(made, dtype)


def as_array(context: Context, a: Value, dtype: Value) -> Value:
    """``np.asarray(x)``: ``x`` itself where it is an array."""
    made = array_of(context, a)
    return made if made is a and dtype is ABSENT else _typed(made, dtype)


def _typed(made: Value, dtype: Value) -> Value:
    """An array of NumPy: its numbers are floats where one of them is, or where it says so."""
    items = made.items if isinstance(made, Elements) else (made,)
    wholes = all(isinstance(item, (Whole, bool)) for item in items)
    if says_float(dtype):
        return plain(made)
    if dtype is not ABSENT and not wholes:
        raise Refusal("G104", "an array of this type is not available", None, 1)
    return made if wholes else plain(made)


def says_float(dtype: Value) -> bool:
    """Whether a type of numbers is that of a double, or of a complex number of doubles."""
    word = dtype.flat() if isinstance(dtype, Text) else getattr(dtype, "name", "")
    return str(word).rpartition(".")[2] in ("float", "float64", "double", "complex")


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


def dict_(context: Context, x: Value, dots: Dots) -> Value:
    """``dict(…)``: of pairs, of another dict, or by name."""
    made = Mapped({})
    if isinstance(x, Mapped):
        made.entries.update(x.entries)
    elif x is not ABSENT:
        for pair in walked(context, x, 0):
            put(context, made, *pair_of(context, pair))
    for name, value in dots.items:
        put(context, made, context.made(name or ""), value)
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
    if isinstance(a, Whole) and isinstance(b, Whole):
        divisor = context.whole(b, "a divisor", 1)
        if not divisor:
            raise Refusal("G103", "this divides by zero", None, 1)
        both = divmod(context.whole(a, "a dividend", 0), divisor)
        return Listing([context.integer(part) for part in both], is_tuple=True)
    parts = [
        context.elementwise(lambda x, y, prim=prim: context.builder.apply(prim, (x, y)), [a, b])
        for prim in ("idiv", "mod")
    ]
    return Listing(parts, is_tuple=True)


def contains(context: Context, x: Value, owner: Value) -> Value:
    """``x in owner``."""
    if isinstance(owner, Text):
        return context.flat(x, "what is looked for", 0) in context.written_out(owner)
    if isinstance(owner, Mapped):
        return key_of(context, x) in owner.entries
    items = owner.items if isinstance(owner, Listing) else walked(context, owner, 1)
    return any(same(context, item, x) for item in items)


def contains_not(context: Context, x: Value, owner: Value) -> Value:
    """``x not in owner``."""
    return contains(context, x, owner) is False


def is_same(context: Context, x: Value, y: Value) -> Value:
    """``x is None``."""
    objects = (Listing, Mapped, Closure, Action)
    if y is not NULL and x is not NULL and not isinstance(y, (bool, *objects)):
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
            return context.integer(int(context.written_out(x), radix))
        except ValueError:
            raise Refusal("G103", "this text is no whole number", None, 0) from None
    return integral(context, "trunc", x)


def integral(context: Context, prim: str, x: Value) -> Value:
    """A function whose result is an integer, where it is known: of a double it is exact."""
    done = context.elementwise(lambda node: context.builder.apply(prim, (node,)), [x])
    number = context.constants.value(done) if isinstance(done, int) else None
    if number is None:
        return done
    if not math.isfinite(number):
        raise Refusal("G103", f"no integer is equal to {number!r}", None, 0)
    return context.integer(int(number))


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
        return integral(context, "round", x)
    number = context.known(x, "a number that is rounded to decimal places", 0)
    places = context.whole(digits, "the number of places", 1)
    if isinstance(x, Whole):
        return context.integer(round(int(number), places))
    if abs(places) > 400:
        raise Refusal("G103", "so many places are not available", None, 1)
    return context.builder.const(round(number, places))


def sum_(context: Context, x: Value, start: Value) -> Value:
    """``sum(xs, start)``: of numbers, or of lists where it starts with one."""
    if isinstance(start, Listing):
        items = list(start.items)
        for part in walked(context, x, 0):
            if not isinstance(part, Listing) or part.is_tuple != start.is_tuple:
                raise Refusal("G202", f"a list and {describe(part)} cannot be added", None, 0)
            items += part.items
            context.spend(len(items))  # as Python copies what it has
        return Listing(items, start.is_tuple)
    items = [*([] if start is ABSENT else [start]), *(x.items if isinstance(x, Listing) else [])]
    if isinstance(x, Listing) and all(isinstance(item, (Whole, bool)) for item in items):
        return context.integer(sum(int(context.known(item, "a summand")) for item in items))
    given = [array_of(context, v) for v in (start, x) if v is not ABSENT]
    for value in given:
        if isinstance(value, Outcome):
            return value
    return total(context, Dots(tuple((None, value) for value in given)), ABSENT)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[]", "...", listing),
    ("()", "...", tuple_of),
    ("sum", "iterable start?", sum_),
    ("list", "iterable?", to_list),
    ("tuple", "iterable?", to_tuple),
    ("dict", "mapping? **", dict_),
    ("array", "object dtype?", array),
    ("asarray", "a dtype?", as_array),
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
