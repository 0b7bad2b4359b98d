"""Where digits are lost: the step that costs them, the condition of the problem, absorbed terms."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rich.console import Console

import gradc
from gradc.errors import GradcError
from gradc.verify import Loss, Precision, Step, explain_loss, true_values
from gradc.verify.absorbed import absorbed
from gradc.verify.known_forms import KNOWN_FORMS

LOGISTIC = "p <- 1/(1 + exp(-(a + b*x)))\n-2*(y - p)*p*(1 - p)"
AT = {"a": 5.0, "b": 3.5, "x": 2.5, "y": 6.5}
NEURON = "(y - 1/(1 + exp(-(a + b*x))))^2"


def lost(text: str, at: dict[str, Any], output: str = "value", dtype: str = "float32") -> Loss:
    """What the formula as it is written loses of an output."""
    wrt = [name for name, value in at.items() if not isinstance(value, list)]
    model = gradc.compile(text, wrt=wrt, stabilize=False)
    function = model.stages.legal("numpy", "gradient")
    (found,) = explain_loss(function, at, "numpy", dtype, [output])
    return found


def costliest(text: str, at: dict[str, Any], output: str = "value") -> Step:
    return lost(text, at, output).steps[0]


def test_the_difference_from_one_costs_the_digits_of_a_logistic_curve() -> None:
    found = lost(LOGISTIC, AT)
    step = found.steps[0]
    assert (step.expression, step.kind) == ("1 - p", "cancellation")
    assert step.span is not None
    assert step.span.source.place(step.span.start) == (2, 15)
    assert step.condition == pytest.approx(9.4e5, rel=0.01)
    assert step.share > 0.99
    assert found.cause == "both"
    assert 0.1 < found.bound_ulp * 2**-23 < 0.3  # a fifth of the value
    assert step.stable_form == "sigmoid(-(a + b*x))"
    assert step.saves > 5


def test_what_gradc_emits_keeps_them() -> None:
    found = gradc.compile(LOGISTIC, wrt=["a", "b"]).precision(AT)
    (written,) = [e for e in found.entries if (e.form, e.loss.output) == ("written", "value")]
    assert written.beside is not None
    assert written.beside < 1.5
    assert written.in_emitted(written.loss.steps[0])
    neuron = gradc.compile(NEURON, wrt=["a", "b"]).precision(AT)
    losses = [e.loss for e in neuron.entries if e.form == "emitted"]
    assert {loss.output for loss in losses} == {"value", "gradient:a", "gradient:b"}
    assert all(loss.bound_ulp * 2**-23 < 2e-6 for loss in losses)


@pytest.mark.parametrize(
    ("text", "at", "form"),
    [
        ("exp(x) - 1", {"x": 1e-5}, "expm1(x)"),
        ("log(1 + exp(x))", {"x": -14.0}, "softplus(x)"),
        ("1 - cos(x)", {"x": 1e-3}, "2*sin(x/2)^2"),
        ("sqrt(x + 1) - sqrt(x)", {"x": 5e4}, "1/(sqrt(x + 1) + sqrt(x))"),
        ("log(1/(1 + exp(-x)))", {"x": 12.0}, "-softplus(-x)"),
        ("x^2 - y^2", {"x": 0.51, "y": 0.5101}, "(x - y)*(x + y)"),
        ("y - (x + 1e-7*x^2)", {"x": 0.51, "y": 0.5100002}, "y - x - 1e-07*x^2"),
        ("z <- 2*sin(x)\nexp(z) - 1", {"x": 1e-5}, "expm1(z)"),
        ("1 - sqrt(1 - x)", {"x": 1e-5}, "x/(1 + sqrt(1 - x))"),
    ],
)
def test_a_stable_form_is_named_where_the_bound_is_smaller_with_it(
    text: str, at: dict[str, float], form: str
) -> None:
    step = costliest(text, at)
    assert step.stable_form == form
    assert step.saves > 2


def test_a_form_is_not_named_where_it_saves_nothing() -> None:
    assert lost("exp(x) - 1", {"x": 2.0}).steps == ()
    assert lost("x^2 - y^2", {"x": 3.0, "y": 1.0}).steps == ()


@pytest.mark.parametrize("rule", KNOWN_FORMS, ids=lambda rule: rule.pattern)
def test_known_forms_are_the_same_numbers(rule: Any) -> None:
    draw = random.Random(rule.pattern)  # noqa: S311 - the same points each time
    texts = (rule.pattern, rule.becomes)
    wrt = ["n"] if "sum(" in rule.pattern else None
    first, second = (gradc.compile(text, wrt=wrt, stabilize=False) for text in texts)
    names = sorted({i.name for i in (*first.inputs, *second.inputs)})
    for _ in range(10):
        at: dict[str, Any] = {name: draw.uniform(0.05, 0.95) for name in names}
        if "x" in at and "t" in at:
            at["t"] = at["x"] ** 2 * draw.uniform(0.05, 0.95)
        if wrt:
            at.update(x=[draw.uniform(0.05, 0.95) for _ in range(3)], n=3.0, m=3.0)
        one, other = (
            true_values(model.stages.plain, at).cells["value"][0] for model in (first, second)
        )
        assert abs(one - other) <= abs(one) * 1e-30


def test_an_ill_conditioned_problem_is_no_unstable_formula() -> None:
    found = lost("a*b - c", {"a": 3.1, "b": 2.3, "c": 7.13001})
    assert found.cause == "inputs"
    assert found.condition > 1e6
    assert found.steps[0].stable_form == ""
    assert lost("exp(x) - 1", {"x": 1e-5}).cause == "formula"


def test_the_difference_of_inputs_loses_nothing() -> None:
    found = lost("x - y", {"x": 1.0, "y": 1.0000001})
    assert found.digits_lost == 0
    assert found.steps == ()
    assert found.condition > 1e6


def test_a_long_sum_is_many_roundings() -> None:
    found = lost("sum(x*y)", {"x": [1.1] * 2000, "y": 1.3})
    assert found.cause == "roundings"
    assert found.steps[0].kind == "accumulation"
    assert found.digits_lost > 3


def test_a_derivative_names_its_rule() -> None:
    step = costliest("sqrt(x + 1) - sqrt(x)", {"x": 5e4}, "gradient:x")
    assert step.rule
    assert step.span is not None


def test_a_result_below_the_normal_numbers_is_told() -> None:
    found = lost("a*exp(-x)*exp(-y)", {"a": 1.0, "x": 50.0, "y": 50.0})
    assert found.cause == "range"


def test_of_a_zero_no_digit_is_certain() -> None:
    assert lost("a*b - c", {"a": 2.0, "b": 3.0, "c": 6.0}, dtype="float64").digits_lost == 0
    found = lost("exp(x) - exp(y)", {"x": 1.5, "y": 1.5})
    assert found.cause == "zero"


def test_a_term_is_absorbed_where_the_sum_does_not_notice_it() -> None:
    model = gradc.compile("x + 1e-7*x^2", wrt=["x"], stabilize=False)
    points = [{"x": 0.25}, {"x": 3.0}]
    (one,) = absorbed(model.stages.plain, points, "float32")
    assert (one.term, one.beside, one.points) == ("1e-7*x^2", "x", (0,))
    assert one.relative < 0.5
    assert absorbed(model.stages.plain, points, "float64") == ()
    terms = absorbed(model.stages.plain_gradient, [{"x": 0.25}], "float32")
    assert [(term.beside, term.rule) for term in terms] == [("x", ""), ("1", "pow")]


def test_precision_is_a_document() -> None:
    found = gradc.compile(LOGISTIC, wrt=["a"]).precision(AT)
    assert isinstance(found, Precision)
    entry = next(e for e in found.to_json()["precision"] if e["output"] == "value")
    keys = {"output", "point", "digits_kept", "digits_lost", "condition", "steps"}
    assert keys <= set(entry)
    step = {"line", "column", "file", "expression", "condition", "digits_lost", "share"}
    assert step | {"stable_form", "saves"} <= set(entry["steps"][0])


def test_targets_that_compute_in_doubles_are_refused() -> None:
    model = gradc.compile("exp(x) - 1", wrt=["x"])
    for target in ("r", "tmb", "sympy"):
        with pytest.raises(GradcError, match="doubles"):
            model.precision({"x": 1.0}, target=target)
    found = model.precision({"x": 1e-9}, dtype="float64", target="r")
    assert max(entry.loss.digits_lost for entry in found.entries) > 8


def test_an_overflow_is_told_with_the_form_that_has_none() -> None:
    found = lost("log(exp(a) + exp(b))", {"a": 95.0, "b": 90.0})
    assert (found.cause, found.range_failure) == ("range", "exp")
    assert found.steps[0].expression == "exp(a)"
    assert found.steps[0].stable_form == "logspace_add(a, b)"


def test_forms_of_a_variance_and_of_a_root() -> None:
    at = {"x": [100.1, 100.2, 100.35, 100.15], "a": 0.0}
    step = costliest("a + sum(x^2)/4 - (sum(x)/4)^2", at)
    assert step.stable_form == ""  # the sum is not one of these terms
    step = costliest("a*(mean(x^2) - mean(x)^2)", {**at, "a": 1.0})
    assert step.stable_form == "sum((x - sum(x)/length(x))^2)/length(x^2)"
    step = costliest("-b + sqrt(b^2 - 4*a*c)", {"a": 1.0, "b": 3000.0, "c": 1.5})
    assert step.stable_form == "-(4*a*c)/(b + sqrt(b^2 - 4*a*c))"


def test_the_section_names_step_condition_and_form() -> None:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(gradc.compile(LOGISTIC, wrt=["a", "b"]).precision(AT))
    text = " ".join(shown.get().split())
    assert "value keeps 1.0 of 7.2 digits as it is written, 6.3 in gradc's code" in text
    assert "<text>:2:15 1 - p condition 9e5, costs 6.0 digits" in text
    assert "stable form: sigmoid(-(a + b*x)), which would save 5.4 digits" in text
    assert "gradc's emitted code already does this" in text


def test_a_derivative_is_saved_by_a_form_of_the_value() -> None:
    model = gradc.compile("(-b + sqrt(b^2 - 4*a*c))/(2*a)", wrt=["b"], stabilize=False)
    function = model.stages.legal("numpy", "gradient")
    found = explain_loss(function, {"a": 1.0, "b": 3000.0, "c": 1.5}, "numpy", "float32")
    (loss,) = [one for one in found if one.output == "gradient:b"]
    assert loss.cause == "formula"
    assert loss.steps[0].of_value
    assert loss.steps[0].stable_form == "-(4*a*c)/(b + sqrt(b^2 - 4*a*c))"
    assert loss.steps[0].saves > 4
