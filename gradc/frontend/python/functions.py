"""Functions of Python as values: methods of classes, ``partial``, ``operator``, questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Action, Callback, Form, Steps
from gradc.frontend.calls import call, form_arguments
from gradc.frontend.index import python_take
from gradc.frontend.python.objects import At, mapped, walked
from gradc.frontend.scope import NAME, Scope
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Bound,
    Closure,
    Dots,
    Elements,
    Listing,
    Mapped,
    Refusal,
    Sink,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

# ------------------------------------------------------------------------- methods of classes

_CLASSES: Mapping[str, Callable[[Value], bool]] = {
    "str": lambda value: isinstance(value, Text),
    "dict": lambda value: isinstance(value, Mapped),
    "list": lambda value: isinstance(value, Listing) and not (value.is_tuple or value.is_set),
    "tuple": lambda value: isinstance(value, Listing) and value.is_tuple,
    "set": lambda value: isinstance(value, Listing) and value.is_set,
}


def method_of_class(owner: str, method: str, name: str) -> Action | None:
    """``str.upper``: the method as a function of a text."""
    if (owner, method) == ("dict", "fromkeys"):
        return Action(name, ("iterable", "value?"), callback=_from_keys)
    if owner not in _CLASSES:
        return None

    def run(m: Machine, at: At, dots: Dots) -> Steps:
        first = dots.items[0] if dots.items else None
        if first is None or first[0] is not None or not _CLASSES[owner](first[1]):
            raise Refusal("G202", f"'{name}' is called with a {owner} first")
        return (yield from m.call_method(m, at, Bound(first[1], method), dots.items[1:]))

    return Action(name, ("**",), callback=run)


def _from_keys(m: Machine, at: At, keys: Value, value: Value) -> Steps:
    """``dict.fromkeys(keys, value)``."""
    yield from ()
    given = NULL if value is ABSENT else value
    return mapped(m.context, [(key, given) for key in walked(m.context, keys, 0)])


# ------------------------------------------------------------------------- functions of functions


def partial(m: Machine, at: At, func: Value, dots: Dots) -> Steps:
    """``functools.partial(f, …)``."""
    yield from ()
    _needs_function(func)
    known = dots.items

    def run(m: Machine, at: At, more: Dots) -> Steps:
        later = {name for name, _ in more.items if name}
        places = [(name, v) for name, v in (*known, *more.items) if not name]
        names = [(n, v) for n, v in known if n and n not in later]
        given = [*places, *names, *((n, v) for n, v in more.items if n)]
        return (yield from call(m, func, given, *at))

    return Action("partial", ("**",), callback=run)


def _needs_function(value: Value) -> None:
    if not is_function(value):
        raise Refusal("G202", f"{describe(value)} is no function", None, 0)


def is_function(value: Value) -> bool:
    """Whether a value can be called."""
    return isinstance(value, (Closure, Action, Bound)) or (
        isinstance(value, Sink) and value.formals is not None
    )


def item_getter(m: Machine, at: At, dots: Dots) -> Steps:
    """``operator.itemgetter(k)``."""
    yield from ()
    places = [value for _, value in dots.items]
    if not places:
        raise Refusal("G103", "itemgetter() takes what is taken out")

    def run(m: Machine, at: At, obj: Value) -> Steps:
        yield from ()
        m.context.at = at[1], at[2]
        taken = [python_take(m.context, obj, Dots(((None, place),))) for place in places]
        return taken[0] if len(taken) == 1 else Listing(taken, is_tuple=True)

    return Action("itemgetter", ("obj",), callback=run)


def star_map(m: Machine, at: At, function: Value, iterable: Value) -> Steps:
    """``itertools.starmap(f, rows)``."""
    found: list[Value] = []
    for row in walked(m.context, iterable, 1):
        given = [(None, value) for value in walked(m.context, row, 1)]
        found.append((yield from call(m, function, given, *at)))
    return Listing(found)


def accumulate(m: Machine, at: At, iterable: Value, func: Value, initial: Value) -> Steps:
    """``itertools.accumulate(xs, f)``: the running results."""
    plus = m.library.find("+", at[1].code) if func in (ABSENT, NULL) else func
    items = list(walked(m.context, iterable, 0))
    if initial not in (ABSENT, NULL):
        items.insert(0, initial)
    found = items[:1]
    for item in items[1:]:
        given = [(None, found[-1]), (None, item)]
        found.append((yield from call(m, plus or NULL, given, *at)))
    return Listing(found)


def binomial(m: Machine, at: At, n: Value, k: Value) -> Steps:
    """``math.comb(n, k)``: of known integers an integer."""
    if isinstance(n, Whole) and isinstance(k, Whole):
        low, high = m.context.whole(k, "'k'", 1), m.context.whole(n, "'n'", 0)
        if low < 0 or not 0 <= high <= _LARGEST:
            raise Refusal("G103", f"math.comb() of {high} and {low} is not available")
        return m.context.integer(math.comb(high, low))
    target = m.library.find("scipy.special.comb", at[1].code)
    return (yield from call(m, target or NULL, [(None, n), (None, k)], *at))


_LARGEST = 10_000

OPERATORS: Mapping[str, str] = {
    "add": "+", "concat": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//",
    "mod": "%", "pow": "**", "neg": "-", "pos": "+", "lt": "<", "le": "<=", "gt": ">",
    "ge": ">=", "eq": "==", "ne": "!=", "and_": "&", "or_": "|", "xor": "^", "not_": "!",
    "invert": "~", "matmul": "@", "lshift": "<<", "rshift": ">>", "iadd": "+",
}  # fmt: skip
"""The functions of the module ``operator`` that are operators."""


# ------------------------------------------------------------------------- questions

_Names = Generator["tuple[int, Scope]", Value, list[str]]
_Test = Callable[["Machine", Value], bool]


def _is_number(m: Machine, value: Value) -> bool:
    return isinstance(value, int) and not m.graph.types[m.context.node(value)].shape


def _is_float(m: Machine, value: Value) -> bool:
    """A number of the model counts as a float, unless SymPy made it a symbol."""
    whole = isinstance(value, (Whole, bool))
    return not whole and _is_number(m, value) and not _is_symbolic(m, value)


def _is_symbolic(m: Machine, value: Value) -> bool:
    is_open = isinstance(value, int) and m.context.number(value) is None
    return (
        is_open
        and not m.in_sink
        and any(origin.partition(".")[0] == "sympy" for origin in m.codes[0].tree.imports.values())
    )


def _is_array(m: Machine, value: Value) -> bool:
    return isinstance(value, Elements) or (isinstance(value, int) and not _is_number(m, value))


def _is_symbol(m: Machine, value: Value) -> bool:
    return _is_symbolic(m, value) and m.graph.prim(m.context.node(value)) == "input"


def _of_value(test: Callable[[Value], bool]) -> _Test:
    return lambda m, value: test(value)


def _is_integer(value: Value) -> bool:
    return isinstance(value, (Whole, bool))


def _is_none_here(value: Value) -> bool:
    """A class that no value here can be of."""
    return False


_TESTS: Mapping[str, _Test] = {
    **{name: _of_value(test) for name, test in _CLASSES.items()},
    "frozenset": _of_value(_CLASSES["set"]),
    "bool": _of_value(lambda value: isinstance(value, bool)),
    "int": _of_value(_is_integer),
    "float": _is_float,
    "complex": _of_value(_is_none_here),
    "bytes": _of_value(_is_none_here),
    "numbers.Number": _is_number,
    "numbers.Real": _is_number,
    "numpy.ndarray": _is_array,
    "sympy.Symbol": _is_symbol,
    "sympy.Expr": _is_symbolic,
    "sympy.Basic": _is_symbolic,
    "collections.abc.Callable": _of_value(is_function),
    "typing.Callable": _of_value(is_function),
}


def is_instance(m: Machine, node: int, scope: Scope) -> Steps:
    """``isinstance(x, (str, int))``: what a value is, by the names of classes."""
    argument, classes = form_arguments(scope, node, 2, 2)
    value = yield argument, scope
    names = yield from _class_names(m, classes, scope)
    for name in names:
        if name not in _TESTS:
            raise Refusal("G104", f"whether a value is a '{name}' is not known here", None, 1)
    return any(_TESTS[name](m, value) for name in names)


def _class_names(m: Machine, node: int, scope: Scope) -> _Names:
    """The classes that are asked for, by the names of where they come from."""
    pending = [node]
    found: list[str] = []
    while pending:
        part = pending.pop()
        name = scope.name_of(part) if scope.kinds[part] == NAME else None
        if scope.tree.head(part) in ("()", "|"):
            pending += scope.args(part)
        elif name is not None and scope.environment.find(name) is None:
            found.append(scope.code.origin(name).rpartition("::")[2])
        else:
            value = yield part, scope
            parts: Sequence[Value] = value.items if isinstance(value, Listing) else [value]
            found += [one.name if isinstance(one, Action) else describe(one) for one in parts]
    return found


def is_callable(m: Machine, at: At, obj: Value) -> Steps:
    """``callable(f)``."""
    yield from ()
    return is_function(obj)


FORMS: tuple[tuple[str, Form], ...] = (("isinstance", is_instance),)

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("callable", "obj", None, is_callable),
    ("functools.partial", "func **", "func", partial),
    ("math.comb", "n k", None, binomial),
    ("operator.itemgetter", "...", None, item_getter),
    ("itertools.starmap", "function iterable", "function", star_map),
    ("itertools.accumulate", "iterable func? initial?", "func", accumulate),
)
