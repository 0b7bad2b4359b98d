"""Functions of Python's standard modules that a builder of text uses, and those passed over."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

from gradc.frontend.actions import Action, Form, Native, Steps
from gradc.frontend.context import Context
from gradc.frontend.python.builtins import integral
from gradc.frontend.python.objects import walked
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

SILENT: Mapping[str, frozenset[str]] = {
    "": frozenset(("print",)),
    "sympy": frozenset(("pprint", "init_printing", "init_session", "print_latex")),
    "numpy": frozenset(("set_printoptions", "seterr")),
    "warnings": frozenset(("filterwarnings", "simplefilter", "warn")),
    "sys": frozenset(("setrecursionlimit",)),
    "matplotlib.pyplot": frozenset(
        ("plot", "scatter", "show", "legend", "title", "xlabel", "ylabel", "savefig", "grid",
         "figure", "close", "hist", "tight_layout")
    ),
}  # fmt: skip
"""Functions by module that are passed over: they do nothing to a model."""

CONSTANTS: Mapping[str, str] = {
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.ascii_letters": string.ascii_letters,
    "string.digits": string.digits,
    "__name__": "__main__",
}


FLAGS: Mapping[str, int] = {
    "I": 2, "IGNORECASE": 2, "M": 8, "MULTILINE": 8, "S": 16, "DOTALL": 16, "X": 64, "VERBOSE": 64,
}  # fmt: skip
"""Flags of ``re`` that have the same number and meaning in the package ``regex``."""


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


_SHOWING = frozenset(
    ("str", "repr", "round", "float", "format", 'f""', "%", "latex", "pretty", "srepr")
)


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
        elif (tree.head(part) or "").rpartition(".")[2] in _SHOWING:
            pending += reversed(tree.args(part))
        else:
            found.append(part)
    return found


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
        return integral(context, prim, x)

    return call


def _integers(name: str) -> Native:
    """A function of ``math`` that takes known integers."""

    def call(context: Context, dots: Dots) -> Value:
        numbers: list[int] = []
        for k, (_, value) in enumerate(dots.items):
            number = context.whole(value, "an integer", k)
            if not isinstance(value, (Whole, bool)) or abs(number) > _LARGEST:
                raise Refusal("G103", f"math.{name}() takes integers, and no large ones", None, k)
            numbers.append(number)
        try:
            return context.integer(getattr(math, name)(*numbers))
        except (TypeError, ValueError) as problem:
            raise Refusal("G103", f"math.{name}(): {problem}") from None

    return call


_LARGEST = 10_000


def _math_product(context: Context, x: Value, start: Value) -> Value:
    """``math.prod(xs)``: of integers an integer."""
    factors = [*([] if start is ABSENT else [start]), *walked(context, x, 0)]
    if all(isinstance(factor, (Whole, bool)) for factor in factors):
        return context.integer(math.prod(context.whole(f, "a factor") for f in factors))
    result = factors[0]
    for factor in factors[1:]:
        result = context.elementwise(context.builder.mul, [result, factor])
    return result


def _zip_longest(context: Context, dots: Dots, fill: Value) -> Value:
    columns = [walked(context, value, k) for k, (_, value) in enumerate(dots.items)]
    empty = NULL if fill is ABSENT else fill
    rows = itertools.zip_longest(*columns, fillvalue=empty)
    return Listing([Listing(list(row), is_tuple=True) for row in rows])


def _chained_all(context: Context, x: Value) -> Value:
    return Listing([item for part in walked(context, x, 0) for item in walked(context, part)])


def _repeated(context: Context, x: Value, times: Value) -> Value:
    count = context.whole(times, "how often a value is repeated", 1)
    context.spend(max(count, 0))
    return Listing([x] * count)


def _cut(context: Context, x: Value, dots: Dots) -> Value:
    """``islice(xs, stop)``, ``islice(xs, start, stop, step)``."""
    bounds = [None if value is NULL else context.whole(value, "a slice") for _, value in dots.items]
    try:
        return Listing(list(itertools.islice(walked(context, x, 0), *bounds)))
    except (TypeError, ValueError) as problem:
        raise Refusal("G103", f"islice(): {problem}") from None


def _pairs(context: Context, x: Value) -> Value:
    rows = itertools.pairwise(walked(context, x, 0))
    return Listing([Listing(list(row), is_tuple=True) for row in rows])


def _drawn(context: Context, dots: Dots) -> Value:
    here = context.here()
    if here is None:
        raise Refusal("G104", "random numbers are not drawn here")
    return Outcome(None, "what is drawn at random", here)


def _only_running(what: str) -> Native:
    def call(context: Context, dots: Dots) -> Value:
        here = context.here()
        if here is None:
            raise Refusal("G104", f"{what} is known only when the script runs")
        return Outcome(None, what, here)

    return call


_at_run = _only_running("what this call gives")
_shown_text = _only_running("how SymPy prints an expression")

_RANDOM: tuple[tuple[str, str, Native], ...] = tuple(
    (name, "...", _drawn)
    for name in ("normal", "randn", "rand", "random", "uniform", "standard_normal", "gauss",
                 "randint", "default_rng", "choice")
)  # fmt: skip


def _nothing(context: Context, dots: Dots) -> Value:
    return NULL


NATIVES: Mapping[str, tuple[tuple[str, str, Native], ...]] = {
    "itertools": (
        ("product", "... repeat?", _product),
        ("chain", "...", _chained),
        ("combinations", "iterable r", _tuples("combinations")),
        ("permutations", "iterable r?", _tuples("permutations")),
        (
            "combinations_with_replacement",
            "iterable r",
            _tuples("combinations_with_replacement"),
        ),
        ("zip_longest", "... fillvalue?", _zip_longest),
        ("repeat", "object times", _repeated),
        ("islice", "iterable ...", _cut),
        ("pairwise", "iterable", _pairs),
    ),
    "itertools.chain": (("from_iterable", "iterable", _chained_all),),
    "time": tuple(
        (name, "...", _at_run) for name in ("time", "perf_counter", "process_time", "monotonic")
    ),
    "sympy!": tuple((name, "...", _shown_text) for name in ("latex", "pretty", "srepr")),
    "matplotlib.pyplot": tuple((name, "...", _at_run) for name in ("subplots", "gca", "axes")),
    "math!": (
        ("floor", "x", _whole("floor")),
        ("ceil", "x", _whole("ceiling")),
        ("trunc", "x", _whole("trunc")),
        *((name, "...", _integers(name)) for name in ("factorial", "gcd", "lcm", "isqrt", "perm")),
        ("prod", "iterable start?", _math_product),
    ),
    "numpy.random": (("seed", "...", _nothing), *_RANDOM),
    "random": (("seed", "...", _nothing), *_RANDOM),
}
