"""Guarded branches: the same function, and nothing in it fails where a branch is not taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_expressions import mixed, parameters, points

from gradc.emit.branches import guard_branches
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function
from gradc.prims import check
from gradc.verify import true_values

SLOW = settings(max_examples=150)

# Each is fine where its condition holds and, guarded, never evaluated elsewhere.
_RISKY = (
    "ifelse({0} > 0, log({0}), {1})",
    "ifelse({0} > 0, {1}, sqrt(-({0})))",
    "ifelse(abs({0}) > 0.1, {1}/({0}), {0})",
    "ifelse({0} < 1, ({1})*exp({0}), {0})",
    "ifelse({0} > 0, ({0})^1.5, {1})",
    "ifelse({0} > 0 & {0} < 1, log1p(-({0})), {1})",
)


def model(text: str, point: dict[str, Any]) -> Function:
    wrt = parameters(text)
    at = {"p": point["p"]} if "p" in wrt else None
    return build(Source("test", text), syntax="r", wrt=wrt, at=at, name="test").function


@st.composite
def choices(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(_RISKY))
    first, second = (draw(mixed(scalar=draw(st.booleans()))) for _ in range(2))
    if "c(" in first:  # no condition of a row reaches the scalars of a stack
        first = f"sum({first})"
    text = form.format(f"({first})", f"({second})")
    return text if draw(st.booleans()) else f"sum({text})*a"


@SLOW
@given(choices(), points(), st.booleans())
def test_guards_change_no_value(text: str, point: dict[str, Any], some: bool) -> None:
    function = model(text, point)
    guarded = guard_branches(function, function.params if some else None)
    check(guarded, "guards")
    one, other = (true_values(f, point) for f in (function, guarded))
    assert one.states == other.states
    for mine, theirs in zip(one.cells["value"], other.cells["value"], strict=True):
        assert str(mine) == str(theirs)


def every_node(function: Function) -> Function:
    numbers = [n for n, type_ in enumerate(function.graph.types) if type_.dtype != "bool"]
    return function.with_outputs({f"node{n}": n for n in numbers})


@SLOW
@given(choices(), points())
def test_nothing_fails_in_a_branch_that_is_not_taken(text: str, point: dict[str, Any]) -> None:
    function = model(text, point)
    if not true_values(function, point).finite:
        return
    guarded = check(guard_branches(function), "guards")
    states = true_values(every_node(guarded), point).states
    assert {state for row in states.values() for state in row} == {"finite"}


POINT: dict[str, Any] = {"a": -1.5, "b": -0.5, "p": [1.0, -2.0], "x": [1.0, 2.0, -3.0]}
POINT["y"] = [0.25, -1.0, 0.5]


@pytest.mark.parametrize(
    "text",
    [
        # A parameter that only some rows need, here none.
        "sum(ifelse(a*y > 5, log(a), y))",
        "sum(ifelse(a*y > 5, sqrt(a) + exp(900*a*b)/b, b*y))",
        "ifelse(a*x > 9, 1/(a + 1.5), x)",
        # Some rows are needed by the sum for all rows.
        "sum(ifelse(a*y > 0, sum(log(x^2)), a*y))",
        "sum(ifelse(a*y > 0, c(1/a, 2, log(-a))[3], a*y))",
        "sum(ifelse(a*y > 0, prod(1/x), log(2*pi)*a))",
    ],
)
def test_rows_and_what_all_rows_share(text: str) -> None:
    function = model(text, POINT)
    plain = true_values(function, POINT)
    guarded = check(guard_branches(function), "guards")
    assert str(true_values(guarded, POINT).cells["value"]) == str(plain.cells["value"])
    states = true_values(every_node(guarded), POINT).states
    assert {state for row in states.values() for state in row} == {"finite"}


def test_a_condition_of_data_is_decided_before_the_tape() -> None:
    function = model("sum(ifelse(y > 0, log(a), a*y))", POINT)
    assert guard_branches(function, function.params) is function
    assert guard_branches(function) is not function


def test_constants_need_no_guard() -> None:
    function = model("ifelse(a > 0, log(2*pi)*a, a^2)", POINT)
    assert guard_branches(function) is function
