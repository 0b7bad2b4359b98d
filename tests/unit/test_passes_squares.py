"""Sums of squares are recognised from their structure, and nothing else is."""

from __future__ import annotations

import pytest

from gradc.ir import Function, reachable
from gradc.model import compile as compile_model
from gradc.passes import mean, residuals, response, terms


def plain(text: str, wrt: str = "a,b") -> Function:
    return compile_model(text, wrt=wrt.split(",")).stages.plain


@pytest.mark.parametrize(
    "text",
    [
        "sum((y - (a + b*x))^2)",
        "sum((a + b*x - y)^2)",
        "r <- y - a - b*x; sum(r*r)",
        "r <- y - a*exp(-b*x); sum(r^2)",
        "(y - 1/(1 + exp(-(a + b*x))))^2",
        "sum((log(y) - a - b*x)^2)",
        "sum(((y - (a + b*x))/x)^2)",
    ],
)
def test_a_sum_of_squares_has_residuals(text: str) -> None:
    found = residuals(plain(text))
    assert found is not None
    assert found.per_observation
    assert found.wrt == ("a", "b")
    assert [item.name for item in found.inputs] == [item.name for item in plain(text).inputs]


@pytest.mark.parametrize(
    "text",
    [
        "sum(abs(y - (a + b*x)))",
        "sum((y - (a + b*x))^4)",
        "sum((y - (a + b*x))^2.5)",
        "-sum((y - (a + b*x))^2)",
        "sum((y - (a + b*x))^2) + a^2",
        "sum((y - a)*(y - b*x))",
        "(a - 1)^2 + 100*(b - a^2)^2",
        "a + b*x",
    ],
)
def test_another_objective_has_none(text: str) -> None:
    assert residuals(plain(text)) is None
    assert residuals(plain(text), scaled=True) is None


@pytest.mark.parametrize(
    ("text", "is_multiple"),
    [
        ("sum((y - (a + b*x))^2)/2", True),
        ("0.5*sum((y - (a + b*x))^2)", True),
        ("mean((y - (a + b*x))^2)", True),
        ("mean((y - (a + b*x))^2)/2", True),
        ("-0.5*sum((y - (a + b*x))^2)", False),
        ("a*sum((y - (a + b*x))^2)", False),
        ("sum((y - (a + b*x))^2)/a", False),
    ],
)
def test_a_multiple_is_no_plain_sum(text: str, is_multiple: bool) -> None:
    assert residuals(plain(text)) is None
    assert (residuals(plain(text), scaled=True) is not None) == is_multiple


@pytest.mark.parametrize(
    "text", ["sum((log(y) - a - b*x)^2)", "sum((a + b*x - log(y))^2)", "log(y) ~ a + b*x"]
)
def test_mean_and_response_are_kept_apart(text: str) -> None:
    found = residuals(plain(text))
    assert found is not None
    if "- a" in text:  # (log(y) - a) - b*x: the response stands deeper
        assert mean(found) is None
        return
    fitted, observed = mean(found), response(found)
    assert fitted is not None
    assert observed is not None
    assert uses(fitted) == {"a", "b", "x"}
    assert uses(observed) == {"y"}


def uses(function: Function) -> set[str]:
    marks = reachable(function.graph, [function.value])
    return {item.name for item in function.inputs if marks[item.node]}


def test_what_a_value_is_a_sum_of() -> None:
    found = terms(plain("-sum(log(a*x)) + 2*sum((y - b)^2) + a"))
    assert [uses(part) for part in found] == [{"a", "x"}, {"y", "b"}]
    assert [uses(part) for part in terms(plain("(y - a*x)^2 + b"))] == [{"y", "a", "x", "b"}]
    assert terms(plain("a^2 + b")) == []
