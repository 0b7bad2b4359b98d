"""Python's own objects at compile time: lists, tuples, dicts, and the builtins over them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Callback, Form, Native, Steps
from gradc.frontend.calls import call
from gradc.frontend.context import TURN_COST, Context, vector_of
from gradc.frontend.python_format import percent
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Atom,
    Dots,
    Elements,
    Items,
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

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

At = tuple[str, Scope, int]


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


def walked(context: Context, value: Value, argument: int | None = None) -> Sequence[Value]:
    """What a loop of Python runs through."""
    if isinstance(value, Listing):
        return tuple(value.items)
    if isinstance(value, Mapped):
        return [key for key, _ in value.entries.values()]
    if isinstance(value, Text):
        return [context.made(character) for character in context.written_out(value)]
    if isinstance(value, Items):
        return value.values
    return context.atoms(value, argument)


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
    if isinstance(index, Items):  # a slice
        bounds = [
            None if part in (ABSENT, NULL) else context.whole(part, "a slice", 1)
            for part in index.values
        ]
        return Listing(owner.items[slice(*bounds)], owner.is_tuple)
    return owner.items[_place(context, owner, index)]


def _shown(context: Context, index: Value) -> str:
    return repr(context.written_out(index)) if isinstance(index, Text) else describe(index)


def set_object_item(context: Context, owner: Listing | Mapped, index: Value, value: Value) -> None:
    """``x[i] = value``: the object itself changes."""
    if isinstance(owner, Mapped):
        owner.entries[key_of(context, index)] = (index, value)
    elif owner.is_tuple:
        raise Refusal("G202", "a tuple cannot change")
    else:
        owner.items[_place(context, owner, index)] = value


# ------------------------------------------------------------------------- operators


def on_objects(context: Context, name: str, values: Sequence[Value]) -> Value | None:
    """An operator of lists and texts; None where arrays and numbers are meant."""
    if len(values) != 2:
        return None
    left, right = values
    if name == "+":
        return _added(context, left, right)
    if name == "*":
        return _repeated(context, left, right)
    if name == "%" and isinstance(left, Text):
        return percent(context, left, right)
    if name in ("==", "!=") and (_is_object(left) or _is_object(right)):
        same = _is_same(context, left, right)
        return same if name == "==" else not same
    return None


def _is_object(value: Value) -> bool:
    return isinstance(value, (Listing, Mapped, Text)) or value is NULL


def _is_same(context: Context, left: Value, right: Value) -> bool:
    if isinstance(left, Listing) and isinstance(right, Listing):
        return len(left.items) == len(right.items) and all(
            _is_same(context, a, b) for a, b in zip(left.items, right.items, strict=True)
        )
    if isinstance(left, Mapped) or isinstance(right, Mapped):
        raise Refusal("G104", "dicts cannot be compared here")
    if isinstance(left, Listing) or isinstance(right, Listing):
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
        if left.is_tuple != right.is_tuple:
            raise Refusal("G202", "a list and a tuple cannot be added")
        return Listing([*left.items, *right.items], left.is_tuple)
    return None


def _repeated(context: Context, left: Value, right: Value) -> Value | None:
    for what, times in ((left, right), (right, left)):
        if not isinstance(what, (Text, Listing)) or isinstance(times, (Elements, Listing)):
            continue
        if isinstance(what, Listing) and isinstance(times, int) and not isinstance(times, Whole):
            continue  # an array of the model times a list
        count = max(0, context.whole(times, "how often a text or a list is repeated"))
        context.spend(count)
        if isinstance(what, Text):
            return paste([what] * count, context.here())
        return Listing(what.items * count, what.is_tuple)
    return None


# ------------------------------------------------------------------------- builtins


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


def sorted_(context: Context, x: Value, key: Value, reverse: Value) -> Value:
    """``sorted(x)`` of texts, or of known numbers."""
    if key not in (ABSENT, NULL):
        raise Refusal("G104", "'key' of sorted() is not available")
    items = list(walked(context, x, 0))
    backwards = reverse is not ABSENT and context.flag(reverse, "'reverse'")
    if all(isinstance(item, Text) for item in items):
        items.sort(key=lambda item: context.flat(item, "a text"), reverse=backwards)
    else:
        items.sort(key=lambda item: context.known(item, "a sorted number"), reverse=backwards)
    return Listing(items)


def make_dict(context: Context, dots: Dots) -> Value:
    """``{key: value, …}`` as the reader has it: keys and values in turn."""
    values = [value for _, value in dots.items]
    return mapped(context, zip(values[::2], values[1::2], strict=True))


def mapped(context: Context, pairs: Iterable[tuple[Value, Value]]) -> Mapped:
    """A dict of these pairs, later ones winning."""
    made = Mapped({})
    for key, value in pairs:
        made.entries[key_of(context, key)] = (key, value)
    return made


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


def contains(context: Context, x: Value, owner: Value) -> Value:
    """``x in owner``."""
    if isinstance(owner, Text):
        return context.flat(x, "what is looked for", 0) in context.written_out(owner)
    if isinstance(owner, Mapped):
        return key_of(context, x) in owner.entries
    wanted = key_of(context, x)
    return any(key_of(context, item) == wanted for item in walked(context, owner, 1))


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


def to_int(context: Context, x: Value) -> Value:
    """``int(x)``."""
    if isinstance(x, Text):
        try:
            return Whole(context.builder.const(float(int(context.written_out(x)))))
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
    return x


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
    return context.builder.const(round(number, context.whole(digits, "the number of places", 1)))


def vector(context: Context, x: Value) -> Value:
    """A list as the vector that R's functions take."""
    return vector_of(walked(context, x)) if isinstance(x, Listing) else x  # type: ignore[arg-type]


# ------------------------------------------------------------------------- with functions


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


def comprehension(m: Machine, node: int, scope: Scope) -> Steps:
    """``[element for target in values if condition]``."""
    element, *clauses = scope.args(node)
    inner = scope.within(Environment(scope.environment, m.branches.clock))
    found: list[Value] = []

    def collect() -> Steps:
        value = yield element, inner
        found.append(value)
        return NULL

    yield from _clauses(m, clauses, 0, inner, collect)
    return Listing(found)


def dict_comprehension(m: Machine, node: int, scope: Scope) -> Steps:
    """``{key: value for target in values}``."""
    key_node, value_node, *clauses = scope.args(node)
    inner = scope.within(Environment(scope.environment, m.branches.clock))
    made = Mapped({})

    def collect() -> Steps:
        key = yield key_node, inner
        value = yield value_node, inner
        made.entries[key_of(m.context, key)] = (key, value)
        return NULL

    yield from _clauses(m, clauses, 0, inner, collect)
    return made


def _clauses(
    m: Machine, clauses: list[int], k: int, scope: Scope, collect: Callable[[], Steps]
) -> Steps:
    """Run through the clauses from the ``k``-th on; there are as many as the text writes."""
    from gradc.frontend.assign import set_target

    if k == len(clauses):
        return (yield from collect())
    target, values, *conditions = scope.args(clauses[k])
    source = yield values, scope
    for item in walked(m.context, source):
        m.context.spend(TURN_COST)
        yield from set_target(m, target, item, scope)
        for condition in conditions:
            verdict = yield condition, scope
            holds = m.context.truth(truth(m.context, verdict))
            if holds is None:
                raise Refusal(
                    "G104", "which elements are kept must be known when the model is compiled"
                )
            if not holds:
                break
        else:
            yield from _clauses(m, clauses, k + 1, scope, collect)
    return NULL


def nothing(m: Machine, node: int, scope: Scope) -> Steps:
    """``global x``: variables of the module are found anyway; assignments go there."""
    yield from ()
    if scope.activation is not None:
        for argument in scope.args(node):
            scope.activation.outer.add(scope.tree.string(argument))
    return NULL


def check(m: Machine, node: int, scope: Scope) -> Steps:
    """``assert test``: refused where it is known to fail."""
    test, *_ = scope.args(node)
    verdict = yield test, scope
    if not isinstance(verdict, Outcome) and m.context.truth(truth(m.context, verdict)) is False:
        raise Refusal("G104", "this assertion does not hold")
    return NULL


def raise_(m: Machine, node: int, scope: Scope) -> Steps:
    """``raise …``: the script's own complaint."""
    yield from ()
    raise Refusal("G104", "the script stops here with an error of its own")


OPERATORS = ("+", "*", "%", "==", "!=")

FORMS: tuple[tuple[str, Form], ...] = (
    ("comprehension", comprehension),
    ("dict_comprehension", dict_comprehension),
    ("global", nothing),
    ("assert", check),
    ("raise", raise_),
)

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("map", "function ...", "function", map_),
    ("filter", "function iterable", "function", filter_),
    ("functools.reduce", "function sequence initial?", "function", reduce_),
)

NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("[]", "...", listing),
    ("()", "...", tuple_of),
    ("{:}", "...", make_dict),
    ("list", "iterable?", to_list),
    ("tuple", "iterable?", to_tuple),
    ("dict", "mapping? ...", dict_),
    ("array", "object dtype?", array),
    ("concatenate", "arrays", joined),
    ("len", "obj", length),
    ("enumerate", "iterable start?", enumerate_),
    ("zip", "...", zip_),
    ("reversed", "sequence", reversed_),
    ("sorted", "iterable key? reverse?", sorted_),
    ("in", "x y", contains),
    ("not-in", "x y", contains_not),
    ("is", "x y", is_same),
    ("is-not", "x y", is_other),
    ("int", "x", to_int),
    ("float", "x", to_float),
    ("bool", "x", to_bool),
    ("chr", "i", character),
    ("ord", "c", ordinal),
    ("round", "number ndigits?", round_),
)
