"""Properties of differentiation, checked in ball arithmetic of 200 bits or more."""

from __future__ import annotations

from typing import Any

import pytest
from expressions import DATA, PARAMS, expressions, points
from hypothesis import given, settings
from hypothesis import strategies as st

from gradc.diff import forward, hessian, reverse, value_and_gradient
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function, dump, parse
from gradc.passes import simplify, stabilize
from gradc.prims import check
from gradc.verify.oracle import true_values

SLOW = settings(max_examples=60)


def balls(function: Function, point: dict[str, float]) -> dict[str, Any]:
    """Each scalar output as a ball."""
    return {name: cells[0] for name, cells in true_values(function, point).cells.items()}


def usable(text: str) -> bool:
    return any(name in PARAMS + DATA for name in _words(text))


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


TEXTS = expressions().filter(usable)


def names_in(text: str) -> tuple[str, ...]:
    words = set(_words(text))
    return tuple(name for name in (*PARAMS, *DATA) if name in words)


def model(text: str) -> Function:
    source = Source("test", text)
    return build(source, syntax="r", wrt=names_in(text), at=None, name="test").function


def close(one: object, other: object) -> bool:
    """Two balls of many bits that enclose the same number, or are both without a value."""
    if not one.is_finite():  # type: ignore[attr-defined]
        return not other.is_finite()  # type: ignore[attr-defined]
    # A NaN ball overlaps every other.
    return bool(other.is_finite() and one.overlaps(other))  # type: ignore[attr-defined]


@SLOW
@given(TEXTS, points(), st.lists(st.floats(-2, 2), min_size=4, max_size=4))
def test_forward_and_reverse_are_adjoint(
    text: str, point: dict[str, float], direction: list[float]
) -> None:
    function = model(text)
    graph = function.graph
    inputs = [item.node for item in function.params]
    seeds = {node: graph.const(value) for node, value in zip(inputs, direction, strict=False)}
    dot = forward(graph, seeds, [function.value])[function.value]
    bars = reverse(graph, function.value, inputs)
    zero = graph.const(0.0)
    outputs = {"jvp": zero if dot is None else dot}
    outputs |= {f"bar{node}": bars.get(node, zero) for node in inputs}
    results = balls(function.with_outputs(outputs), point)
    total = sum(
        (results[f"bar{node}"] * value for node, value in zip(inputs, direction, strict=False)),
        start=0 * results["jvp"],
    )
    assert close(results["jvp"], total)


@SLOW
@given(TEXTS, points())
def test_stable_form_is_the_same_function(text: str, point: dict[str, float]) -> None:
    plain = simplify(model(text))
    stable = stabilize(plain)
    check(stable, "stabilize")
    for one, other in (
        (plain, stable),
        (value_and_gradient(plain.copy()), value_and_gradient(stable.copy())),
    ):
        expected, found = balls(one, point), balls(other, point)
        assert all(close(expected[name], found[name]) for name in expected)


@SLOW
@given(TEXTS)
def test_a_stable_form_is_stable(text: str) -> None:
    stable = stabilize(simplify(model(text)))
    assert dump(stabilize(stable, splits=False)) == dump(stable)


@pytest.mark.parametrize("text", ["1 - tanh(a)^2", "log(1 - tanh(a)^2)", "1 - cos(a)^2"])
def test_what_a_rule_makes_is_made_stable_too(text: str) -> None:
    stable = stabilize(simplify(model(text)))
    assert dump(stabilize(stable, splits=False)) == dump(stable)


@SLOW
@given(TEXTS, points())
def test_hessian_is_symmetric(text: str, point: dict[str, float]) -> None:
    function = hessian(value_and_gradient(stabilize(simplify(model(text))).copy()))
    results = balls(function, point)
    for one in function.wrt:
        for other in function.wrt:
            left, right = results[f"hessian:{one}:{other}"], results[f"hessian:{other}:{one}"]
            assert close(left, right)


@SLOW
@given(TEXTS)
def test_passes_keep_the_rules_of_the_ir(text: str) -> None:
    function = check(model(text), "frontend")
    simple = check(simplify(function), "simplify")
    assert dump(simplify(simple)) == dump(simple), "simplify is idempotent"
    gradient = check(value_and_gradient(simple.copy()), "gradient")
    assert dump(parse(dump(gradient))) == dump(gradient)
    check(stabilize(gradient, splits=False), "stabilize")


@SLOW
@given(TEXTS, points())
def test_renaming_inputs_changes_nothing(text: str, point: dict[str, float]) -> None:
    renamed = text
    for name in (*PARAMS, *DATA):
        renamed = "".join(_rename(renamed, name))
    one = value_and_gradient(model(text))
    source = Source("test", renamed)
    wrt = [f"v.{name}" for name in names_in(text)]
    other = value_and_gradient(build(source, syntax="r", wrt=wrt, at=None, name="test").function)
    left = balls(one, point)
    right = balls(other, {f"v.{name}": value for name, value in point.items()})
    assert str(left["value"]) == str(right["value"])
    for name in names_in(text):
        assert str(left[f"gradient:{name}"]) == str(right[f"gradient:v.{name}"])


def _rename(text: str, name: str) -> list[str]:
    """Pieces of the text with a whole word renamed; words hold no dots here."""
    import re

    return [re.sub(rf"(?<![\w.]){name}(?![\w.(])", f"v.{name}", text)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("besselK(2, a)", "no derivative in its argument 'nu'"),
        ("besselJ(b, a)", "no derivative in its argument 'nu'"),
    ],
)
def test_a_missing_derivative_is_an_error_with_its_place(text: str, message: str) -> None:
    from gradc.errors import GradcError

    with pytest.raises(GradcError) as caught:
        value_and_gradient(model(text))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "G301"
    assert message in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.text == text


def test_a_scalar_choice_inside_a_sum_does_not_leak() -> None:
    source = Source("test", "sum(ifelse(a > 0, sqrt(a)*x, a^2))")
    built = build(source, syntax="r", wrt=["a"], at=None, name="test").function
    found = true_values(value_and_gradient(built), {"a": -1.0, "x": [1.0, 2.0, 3.0]})
    assert found.states["gradient:a"] == ("finite",)
    assert float(found.cells["gradient:a"][0].mid()) == -6.0


def test_a_number_among_rows_is_recycled() -> None:
    source = Source("test", "sum(a*x + y)")
    built = build(source, syntax="r", wrt=["a"], at=None, name="test").function
    found = true_values(value_and_gradient(built), {"a": 1.0, "x": 2.0, "y": [1.0, 2.0, 3.0]})
    assert float(found.cells["gradient:a"][0].mid()) == 6.0


@pytest.mark.parametrize(
    "text", ["sum((x*a*exp(b) - a/b)^2)", "sum(-x/a/b + a*b)", "sum(exp(a*x)*b/exp(a))"]
)
def test_factors_that_rows_share_are_outside_of_sums(text: str) -> None:
    function = build(Source("test", text), syntax="r", wrt=("a", "b"), at=None, name="m").function
    old = len(function.graph.records)
    graph = value_and_gradient(function).graph
    derived = [n for n in range(old, len(graph.records)) if graph.prim(n) == "sum"]
    assert derived
    parts = [part for total in derived for part in graph.args(total)]
    while parts:
        part = parts.pop()
        if part >= old and graph.prim(part) in ("mul", "div", "neg"):
            assert all(graph.types[factor].shape for factor in graph.args(part)), dump(function)
            parts += graph.args(part)
