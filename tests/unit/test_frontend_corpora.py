"""Every row of the corpora whose functions are there: the graph's value is the expected one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import flint
import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.frontend.constants import Constants
from gradc.ir import Function, dump, parse
from gradc.prims import TABLE, check
from gradc.verify.evaluate import bind, concrete, evaluate
from scripts import last_texts

CORPORA = Path(__file__).parents[1] / "corpora"
FILES = ("1_feynman", "3_selfstart", "4_rderiv", "5_mgh", "8_nasty", "9_parser", "10_rmodels")
LATER = ("not available yet", "works on text")

# These evaluate, and what R says is not what a model means: NA, text, no value.
NOT_NUMBERS = {
    "parse_precedence_076",
    "parse_precedence_078",
    "parse_precedence_079",
}


class _Open(Exception):
    """The balls are too wide to tell."""


def _evaluate(function: Function, at: dict, largest: int = 40_000):
    """The value of a function at a point: a float, or a list of them."""
    precision = 200
    while True:
        flint.ctx.prec = precision
        try:
            return _rounded(_run(function, at))
        except _Open:
            precision *= 4
            if precision > largest:
                raise
        finally:
            flint.ctx.prec = 53


def _rounded(value):
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if value.is_nan() or not value.is_finite():
        middle = float(value.mid())
        return middle if value.is_exact() or value.is_nan() else _raise_open()
    if value.is_zero():
        return 0.0
    if value.rel_accuracy_bits() < 64:
        # A true zero has no relative accuracy; it is told by its size.
        if value.contains(0) and value.rad() < flint.arb(2) ** -1300:
            return 0.0
        _raise_open()
    return float(value.mid())


def _raise_open():
    raise _Open


def _ball(number):
    return (
        [flint.arb(x) for x in number] if isinstance(number, (list, tuple)) else flint.arb(number)
    )


_PLAIN = {"const", "input", "index", "stack"}


def _run(function: Function, at: dict):
    graph = function.graph
    if any(
        record[0] in TABLE
        and not TABLE[record[0]].elementwise
        and record[0] not in {*_PLAIN, *_REDUCTIONS}
        for record in graph.records
    ):
        return _by_verifier(function, at)
    values: list = []
    for record in graph.records:
        values.append(_node(record, [values[arg] for arg in record[2:]], at))
    return values[function.value]


def _by_verifier(function: Function, at: dict):
    """Vectors, matrices and loops, as the verifier computes them."""
    inputs = bind(function, at)
    flat = concrete(function, inputs)
    cells = evaluate(flat.graph, [flat.value], inputs, flint.ctx.prec)[flat.value]
    return list(cells) if function.per_observation else cells[0]


def _node(record, args, at):
    prim, attrs = record[:2]
    if prim == "const":
        return flint.arb(attrs[1])
    if prim == "input":
        return _ball(at[attrs]) if attrs in at else flint.arb.nan()
    if prim == "index":
        # Data of unknown length may be one number.
        return args[0][attrs - 1] if isinstance(args[0], list) else args[0]
    if prim == "stack":
        return list(args)
    if prim in _REDUCTIONS:
        return _REDUCTIONS[prim](args[0] if isinstance(args[0], list) else [args[0]])
    if any(isinstance(arg, list) for arg in args):
        count = max(len(arg) for arg in args if isinstance(arg, list))
        rows = [arg if isinstance(arg, list) else [arg] * count for arg in args]
        return [_scalar(prim, row) for row in zip(*rows, strict=True)]
    return _scalar(prim, args)


def _scalar(prim, args):
    if any(arg is None for arg in args):
        raise _Open
    if prim == "select":
        return args[1] if args[0] else args[2]
    if prim == "pow" and args[1].is_exact() and args[1] in (1, 2, 3, 4):
        # flint's x**2 is NaN for a ball around 0.
        return math.prod([args[0]] * int(float(args[1])), start=flint.arb(1))
    value = TABLE[prim].ball(*args)
    if value is None:
        # Two equal numbers that are not exact are never told apart.
        raise _Open
    return value


def _fold(two):
    def call(items):
        total = items[0]
        for item in items[1:]:
            total = two(total, item)
        return total

    return call


_REDUCTIONS = {
    "sum": lambda items: sum(items, flint.arb(0)),
    "prod": lambda items: math.prod(items, start=flint.arb(1)),
    "min": _fold(lambda a, b: TABLE["min2"].ball(a, b)),
    "max": _fold(lambda a, b: TABLE["max2"].ball(a, b)),
    "length": lambda items: flint.arb(len(items)),
}


def _rows():
    for name in FILES:
        for line in (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["expr"] and row["expected"].get("error") is None:
                yield pytest.param(row, id=row["id"])


def _numbers(value):
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    names = {"Inf": math.inf, "-Inf": -math.inf, "NaN": math.nan, "NA": math.nan}
    return names.get(value, value) if isinstance(value, str) else value


def _agree(got, expected):
    if isinstance(expected, list):
        rows = got if isinstance(got, list) else [got] * len(expected)
        return len(rows) == len(expected) and all(map(_agree, rows, expected))
    if isinstance(got, list):
        return len(got) == 1 and _agree(got[0], expected)
    if isinstance(expected, str):
        return False
    if math.isnan(expected):
        return math.isnan(got)
    if float(expected).is_integer() and abs(expected) < 2**53:
        return got == expected or abs(got - expected) <= 1e-14 * abs(expected)
    return math.isclose(got, expected, rel_tol=1e-14, abs_tol=5e-324)


def _is_text(expected):
    first = expected[0] if isinstance(expected, list) and expected else expected
    return isinstance(first, str)


@pytest.mark.parametrize("row", list(_rows()))
def test_value(row):
    expected = _numbers(row["expected"].get("value"))
    text = "\n".join(row["expr"]) if isinstance(row["expr"], list) else row["expr"]
    if _is_text(expected):
        texts = [expected] if isinstance(expected, str) else expected
        assert last_texts(text, row["syntax"]) == texts
        return
    at = {**row["params"], **row["data"]}
    try:
        built = build(Source(row["id"], text), syntax=row["syntax"], wrt=list(row["params"]), at=at)
    except GradcError as error:
        [diagnostic] = error.diagnostics
        words = diagnostic.message
        if expected is None or row["id"] in NOT_NUMBERS:
            assert diagnostic.code[:2] in ("G1", "G2")
            return
        if not any(reason in words for reason in LATER):
            raise
        pytest.skip(words)
    check(built.function, "frontend")
    assert dump(parse(dump(built.function))) == dump(built.function)
    if expected is None:
        return
    point = {name: _numbers(value) for name, value in at.items()}
    got = Constants(built.function.graph).value(built.function.value)
    if got is None:
        got = _evaluate(built.function, point)
    accepted = [
        expected,
        *map(_numbers, (row.get("extra") or {}).get("accept", {}).get("value", [])),
    ]
    assert any(_agree(got, answer) for answer in accepted), f"{got!r}, and not {expected!r}"
