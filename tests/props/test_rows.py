"""Derivatives of programs that mix scalars, stacks of them, elements and rows of data.

Held against difference quotients of the formula, which know no derivative rule and no shapes.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from row_expressions import mixed, parameters, points

from gradc.diff import hessian, value_and_gradient
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function
from gradc.passes import simplify, stabilize
from gradc.prims import check
from gradc.verify import confirm, true_values

SLOW = settings(max_examples=150)


def model(text: str, point: dict[str, Any]) -> Function:
    known = {"p": point["p"]}  # what has a value is an input with a length
    wrt = parameters(text)
    at = known if "p" in wrt else None
    return build(Source("test", text), syntax="r", wrt=wrt, at=at, name="test").function


def findings(primal: Function, derived: Function, point: dict[str, Any]) -> set[str]:
    """What the quotients say of all derivatives; at a kink they say nothing."""
    truth = true_values(derived, point)
    if not truth.finite or truth.kinks:
        return {"unknown"}
    confirmation = confirm(primal, truth, point)
    return {finding for rows in confirmation.findings.values() for finding in rows}


def checked(text: str, point: dict[str, Any]) -> set[str]:
    """The same for a text, its gradient taken after the passes."""
    primal = model(text, point)
    derived = value_and_gradient(check(stabilize(simplify(primal.copy())), "stabilize").copy())
    check(derived, "gradient")
    return findings(primal, derived, point)


@SLOW
@given(mixed(scalar=True), points())
def test_a_gradient_over_mixed_shapes_is_that_of_the_value(
    text: str, point: dict[str, Any]
) -> None:
    assert "contradicted" not in checked(text, point)


@SLOW
@given(mixed(scalar=False), points())
def test_each_row_has_its_own_gradient(text: str, point: dict[str, Any]) -> None:
    assert "contradicted" not in checked(text, point)


@settings(max_examples=60)
@given(mixed(scalar=True), points())
def test_second_derivatives_over_mixed_shapes(text: str, point: dict[str, Any]) -> None:
    assume("prod(" not in text)  # has no second derivative over data
    gradient = value_and_gradient(model(text, point))
    assert "contradicted" not in findings(gradient, hessian(gradient.copy()), point)


POINT: dict[str, Any] = {"a": 1.5, "b": -0.5, "p": [1.0, 2.0], "x": [1.0, 2.0, 3.0]}
POINT["y"] = [0.25, -1.0, 0.5]


@pytest.mark.parametrize(
    "text",
    [
        "sum((x - c(a, a, b))^2)",
        "sum((x - c(p[1], p[1], p[2]))^2)",
        "sum(c(a, b, a*b)*x)",
        "max(c(a, b, 2)*x)",
        "sum(x*(x*c(a, b, 1))[2])",
        "x*c(a, b, a)",
        "x*(a*x)[2]",
        "c(a, b, a)[2]*x*(x*c(a, b, 1))[3]",
        "sum(ifelse(x > c(a, b, 4), x^2, c(a*b, b, a)*x))",
        "mean(x*c(sum(a*x), sum(c(a, b, 1)*x), 1))",
    ],
)
def test_every_derivative_is_confirmed(text: str) -> None:
    assert checked(text, POINT) == {"confirmed"}
