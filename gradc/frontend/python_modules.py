"""Functions of Python's standard modules that a builder of text uses, and those passed over."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from gradc.frontend.actions import Action, Form, Native, Steps
from gradc.frontend.context import Context
from gradc.frontend.python_objects import walked
from gradc.frontend.scope import CALL, STR, Scope
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Listing,
    Outcome,
    Refusal,
    Value,
    Whole,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_SECONDS = 5.0

SILENT = frozenset(("print",))

CONSTANTS: Mapping[str, str] = {
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.ascii_letters": string.ascii_letters,
    "string.digits": string.digits,
    "__name__": "__main__",
}


def silent(target: str, name: str) -> Action:
    """``print(…)``: passed over with a note."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        for part in _shown(scope, node):
            yield part, scope
        m.context.at = scope, node
        m.context.ignore(target)
        return NULL

    made: Form = form
    return Action(name, form=made)


_SHOWING = frozenset(("str", "repr", "round", "float", "format", 'f""', "%"))


def _shown(scope: Scope, node: int) -> list[int]:
    """What a call shows: values that may be models. How they are shown is not looked at."""
    tree = scope.tree
    found: list[int] = []
    pending = list(tree.args(node))[::-1]
    while pending:
        part = pending.pop()
        if tree.kinds[part] == STR:
            continue
        if tree.kinds[part] != CALL:
            found.append(part)
            continue
        function = tree.fn(part)
        is_format = tree.head(function) == "$" and scope.name_of(tree.args(function)[1]) == "format"
        if is_format:
            pending += reversed(tree.args(part))
        elif tree.head(part) in ("f:", "*args"):
            pending.append(tree.args(part)[0])
        elif tree.head(part) in _SHOWING:
            pending += reversed(tree.args(part))
        else:
            found.append(part)
    return found


def _matching(context: Context, work: Callable[[Any], Any]) -> Any:
    """A pattern put to work by the ``regex`` package, which is given up where it runs away."""
    import regex

    try:
        return work(regex)
    except regex.error as problem:
        raise Refusal("G103", f"this is no pattern: {problem}", None, 0) from None
    except TimeoutError:
        raise Refusal("G105", "this pattern takes too long", None, 0) from None
    except IndexError:
        raise Refusal("G103", "the replacement names a group that is not there", None, 1) from None


def _sub(context: Context, pattern: Value, repl: Value, text: Value, count: Value) -> Value:
    wanted, written = context.flat(pattern, "a pattern", 0), context.flat(repl, "a text", 1)
    flat = context.flat(text, "a text", 2)
    most = 0 if count is ABSENT else context.whole(count, "'count'", 3)
    changed = _matching(
        context, lambda regex: regex.sub(wanted, written, flat, count=most, timeout=_SECONDS)
    )
    return context.made(changed)


def _split(context: Context, pattern: Value, text: Value) -> Value:
    wanted, flat = context.flat(pattern, "a pattern", 0), context.flat(text, "a text", 1)
    pieces = _matching(context, lambda regex: regex.split(wanted, flat, timeout=_SECONDS))
    return Listing([context.made(piece or "") for piece in pieces])


def _find_all(context: Context, pattern: Value, text: Value) -> Value:
    wanted, flat = context.flat(pattern, "a pattern", 0), context.flat(text, "a text", 1)
    found = _matching(context, lambda regex: regex.findall(wanted, flat, timeout=_SECONDS))
    if any(isinstance(item, tuple) for item in found):
        raise Refusal(
            "G104", "findall() of a pattern with several groups is not available", None, 0
        )
    return Listing([context.made(item) for item in found])


def _escape(context: Context, pattern: Value) -> Value:
    import re

    return context.made(re.escape(context.flat(pattern, "a text", 0)))


def _product(context: Context, dots: Dots, repeat: Value) -> Value:
    times = 1 if repeat is ABSENT else context.whole(repeat, "'repeat'")
    columns = [walked(context, value, k) for k, (_, value) in enumerate(dots.items)] * times
    rows: list[Value] = []
    for row in product(*columns):
        context.spend(len(row) + 1)
        rows.append(Listing(list(row), is_tuple=True))
    return Listing(rows)


def _chained(context: Context, dots: Dots) -> Value:
    return Listing([item for k, (_, v) in enumerate(dots.items) for item in walked(context, v, k)])


def _tuples(name: str) -> Native:
    def call(context: Context, x: Value, r: Value) -> Value:
        items = walked(context, x, 0)
        size = len(items) if r is ABSENT else context.whole(r, "how many are taken", 1)
        rows: list[Value] = []
        for row in getattr(itertools, name)(items, size):
            context.spend(size + 1)
            rows.append(Listing(list(row), is_tuple=True))
        return Listing(rows)

    return call


def _whole(prim: str) -> Native:
    """A function of ``math`` whose result is an integer."""

    def call(context: Context, x: Value) -> Value:
        done = context.elementwise(lambda node: context.builder.apply(prim, (node,)), [x])
        return context.whole_number(done)

    return call


def _factorial(context: Context, x: Value) -> Value:
    number = context.number(x, 0)
    if number is None or not number.is_integer() or not 0 <= number <= 20:
        raise Refusal("G103", "math.factorial() takes a whole number up to 20", None, 0)
    return Whole(context.builder.const(float(math.factorial(int(number)))))


def _drawn(context: Context, dots: Dots) -> Value:
    here = context.here()
    if here is None:
        raise Refusal("G104", "random numbers are not drawn here")
    return Outcome(None, "what is drawn at random", here)


_RANDOM: tuple[tuple[str, str, Native], ...] = tuple(
    (name, "...", _drawn)
    for name in ("normal", "randn", "rand", "random", "uniform", "standard_normal", "gauss",
                 "randint", "default_rng", "choice")
)  # fmt: skip


def _nothing(context: Context, dots: Dots) -> Value:
    return NULL


NATIVES: Mapping[str, tuple[tuple[str, str, Native], ...]] = {
    "re": (
        ("sub", "pattern repl string count?", _sub),
        ("split", "pattern string", _split),
        ("findall", "pattern string", _find_all),
        ("escape", "pattern", _escape),
    ),
    "itertools": (
        ("product", "... repeat?", _product),
        ("chain", "...", _chained),
        ("combinations", "iterable r", _tuples("combinations")),
        ("permutations", "iterable r?", _tuples("permutations")),
    ),
    "math!": (
        ("floor", "x", _whole("floor")),
        ("ceil", "x", _whole("ceiling")),
        ("trunc", "x", _whole("trunc")),
        ("factorial", "x", _factorial),
    ),
    "numpy.random": (("seed", "...", _nothing), *_RANDOM),
    "random": (("seed", "...", _nothing), *_RANDOM),
}
