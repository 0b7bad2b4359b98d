"""True values: decided to the last digit, or honestly not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flint import arb, ctx

from gradc.diff import value_and_gradient
from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import Function
from gradc.verify import confirm, true_values
from gradc.verify.quotient import Confirmation

CORPORA = Path(__file__).parent.parent / "corpora"


def model(text: str, *wrt: str) -> Function:
    return build(Source("test", text), syntax="r", wrt=wrt, at=None, name="test").function


def gradient(text: str, *wrt: str) -> Function:
    return value_and_gradient(model(text, *wrt))


def test_precision_rises_until_cancellation_is_overcome() -> None:
    truth = true_values(model("(1e300 + x) - 1e300", "x"), {"x": 3e-300})
    assert truth.bits > 1600
    assert float(truth.cells["value"][0]) == 3e-300


def test_a_number_that_no_precision_tells_is_undecided() -> None:
    truth = true_values(model("floor(sqrt(x)^2)", "x"), {"x": 2.0})
    assert truth.states["value"] == ("undecided",)


@pytest.mark.parametrize(
    ("text", "x", "state"),
    [
        ("log(x)", -1.0, "undefined"),
        ("log(x)", 0.0, "infinite"),
        ("0*log(x)", 0.0, "undefined"),
        ("x^0.5", -2.0, "undefined"),
        ("ifelse(x > 0, log(x), 0)", -1.0, "finite"),
        ("log(sqrt(x)^2 - 2)", 2.0, "undecided"),
        ("1/x", 0.0, "infinite"),
    ],
)
def test_states(text: str, x: float, state: str) -> None:
    assert true_values(model(text, "x"), {"x": x}).states["value"] == (state,)


def test_values_beyond_the_range_of_doubles_are_numbers() -> None:
    truth = true_values(gradient("log(1 + exp(x))", "x"), {"x": 800.0})
    assert float(truth.cells["value"][0]) == 800.0
    assert float(truth.cells["gradient:x"][0]) == 1.0


def test_float32_runs_see_rounded_inputs() -> None:
    truth = true_values(model("x", "x"), {"x": 0.1}, dtype="float32")
    assert float(truth.cells["value"][0]) == 0.10000000149011612


@pytest.mark.parametrize(
    ("text", "point", "prim"),
    [
        ("abs(x - y)", {"x": 1.0, "y": 1.0}, "abs"),
        ("pmax(x, y)", {"x": 1.0, "y": 1.0}, "max2"),
        ("ifelse(x > y, x, 2*y)", {"x": 1.0, "y": 1.0}, "gt"),
        ("floor(x)*y", {"x": 2.0, "y": 1.0}, "floor"),
        ("abs(sqrt(x)^2 - y)", {"x": 2.0, "y": 2.0}, "abs"),
    ],
)
def test_kinks_are_seen(text: str, point: dict[str, float], prim: str) -> None:
    truth = true_values(gradient(text, "x"), point)
    assert [kink.prim for kink in truth.kinks][:1] == [prim]


def test_switches_of_data_are_no_kinks() -> None:
    truth = true_values(gradient("ifelse(y > 0, x, 2*x)", "x"), {"x": 1.0, "y": 0.0})
    assert not truth.kinks


@pytest.mark.parametrize(
    ("text", "x", "count"),
    [
        ("ifelse((x > 1) == 1, x, 2*x)", 0.5, 0),
        ("ifelse((x > 1) == 1, x, 2*x)", 1.0, 1),
        ("ifelse(c(x > 1, x > 2)[2], x, 2*x)", 1.5, 0),
        ("ifelse(floor(x) > 1, x, 2*x)", 1.5, 0),
    ],
)
def test_what_is_made_of_steps_has_no_kink_of_its_own(text: str, x: float, count: int) -> None:
    assert len(true_values(gradient(text, "x"), {"x": x}).kinks) == count


def test_a_point_must_fit_the_model() -> None:
    with pytest.raises(GradcError, match="no value for 'x'"):
        true_values(model("x + y", "x"), {"y": 1.0})
    with pytest.raises(GradcError, match="neither a number nor a vector"):
        true_values(model("x + y", "x"), {"x": "one", "y": 1.0})
    with pytest.raises(GradcError, match="'x' has 2 values and 'y' has 3"):
        true_values(model("a*x + y", "a"), {"a": 1.0, "x": [1.0, 2.0], "y": [1.0, 2.0, 3.0]})


def rows(name: str) -> Iterator[Any]:
    for line in (CORPORA / name).read_text().splitlines():
        row = json.loads(line)
        if row["syntax"] == "r" and row["expr"] is not None and row["expected"].get("grad"):
            yield pytest.param(row, id=row["id"])


# Where the plain formula is undefined and its stable form, or the language's rule, is not.
SINGULAR = {
    "nasty_entropy_1", "nasty_entropy_2", "nasty_norm0_1", "nasty_weib0_1", "nasty_weib0_2",
    "nasty_ratio_1",
}  # fmt: skip


@pytest.mark.parametrize("row", [*rows("8_nasty.jsonl"), *rows("1_feynman.jsonl")])
def test_truth_is_the_corpora_s(row: dict[str, Any]) -> None:
    text = row["expr"] if isinstance(row["expr"], str) else "\n".join(row["expr"])
    try:
        function = gradient(text, *row["params"])
    except GradcError as error:
        pytest.skip(str(error))
    truth = true_values(function, {**row["params"], **row["data"]})
    expected = {"value": row["expected"]["value"]}
    expected |= {f"gradient:{name}": g for name, g in row["expected"]["grad"].items()}
    accepted = row.get("extra", {}).get("accept", {})
    if row["id"] in SINGULAR or truth.kinks or accepted:
        return
    for name, value in expected.items():
        if isinstance(value, list):
            continue
        number = float(str(value).lower())
        (cell,), (state,) = truth.cells[name], truth.states[name]
        if math.isnan(number):
            # A derivative is not judged where there is no value: 1/x at -1 is a number.
            assert state == "undefined" or truth.states["value"] == ("undefined",), name
        elif math.isinf(number):
            assert float(cell) == number, name
        else:
            assert state == "finite", name
            with ctx.workprec(200):
                distance = abs(cell - arb(number))
            assert distance <= abs(cell) * arb(2) ** -53 + arb(2) ** -1074, (name, cell, number)


def found(text: str, point: dict[str, Any], *wrt: str) -> Confirmation:
    function = model(text, *wrt)
    return confirm(function, true_values(value_and_gradient(function), point), point)


def test_quotients_confirm_and_are_silent_at_a_kink() -> None:
    assert found("sum(a*x^2)", {"a": 0.3, "x": [1.0, 2.0]}, "a").confirms("gradient:a", 0)
    assert not found("abs(a)", {"a": 0.0}, "a").confirms("gradient:a", 0)
    assert not found("sqrt(a)", {"a": 0.0}, "a").confirms("gradient:a", 0)


def test_one_row_is_a_vector_too() -> None:
    for x, y in (([1.0, 2.0, 3.0], [0.5, 1.0, 1.5]), (2.0, 0.5), ([2.0], [0.5])):
        done = found("sum(a*x + y) + sum(a*y)", {"a": 1.5, "x": x, "y": y}, "a")
        assert done.confirms("gradient:a", 0), (x, y)


def test_a_wrong_derivative_is_contradicted_and_corrected() -> None:
    function = model("a^2*x", "a")
    wrong = function.with_outputs({"value": function.value, "gradient:a": function.value})
    point = {"a": 3.0, "x": 2.0}
    done = confirm(function, true_values(wrong, point), point)
    assert done.findings["gradient:a"] == ("contradicted",)
    assert float(done.corrected["gradient:a", 0]) == 12.0


def test_many_parameters_are_checked_along_directions() -> None:
    text = "sum(x*(" + " + ".join(f"sin(a{i}*b)" for i in range(20)) + "))"
    names = [*(f"a{i}" for i in range(20)), "b"]
    point = {name: 0.1 + 0.05 * i for i, name in enumerate(names)} | {"x": [1.0, 2.0]}
    function = model(text, *names)
    full = value_and_gradient(function)
    assert {
        f
        for row in confirm(function, true_values(full, point), point).findings.values()
        for f in row
    } == {"confirmed"}
    outputs = dict(full.outputs)
    outputs["gradient:a7"] = outputs["gradient:a8"]
    truth = true_values(full.with_outputs(outputs), point)
    assert list(confirm(function, truth, point).corrected) == [("gradient:a7", 0)]


def test_a_function_that_turns_within_the_step_contradicts_nothing() -> None:
    for text in ("cos(1e55*a)", "cos(exp(a)^150)", "sin(1e200*a)"):
        done = found(text, {"a": 1.3}, "a")
        assert done.confirms("gradient:a", 0), text
