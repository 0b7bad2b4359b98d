"""Bounds: right programs stay inside, wrong ones do not, and nothing is claimed beyond that."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from doubles import doubles, supports
from flint import arb
from programs import NAMES, random_text

from gradc.diff import value_and_gradient
from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import Function, Graph, Record, rebuild
from gradc.passes import legalize, stabilize
from gradc.prims import Builder
from gradc.prims.balls import power
from gradc.targets import TARGETS
from gradc.verify import Bounds, bounds
from gradc.verify.compare import Expected, Judgement, judge
from gradc.verify.rounding import arithmetic


def model(text: str, *wrt: str) -> Function:
    return build(Source("t", text), syntax="r", wrt=wrt or None, at=None, name="t").function


def differentiated(text: str, *wrt: str) -> Function:
    return legalize(value_and_gradient(model(text, *wrt)), "numpy", supports)


def radius(found: Bounds, output: str = "value") -> float:
    """A bound as a part of the value."""
    return float(found.cells[output][0].radius / abs(found.exact.cells[output][0]))


def judged(
    limits: Bounds, got: dict[str, Any], dtype: str = "float64"
) -> Iterator[tuple[str, Judgement, str]]:
    """Each number of an answer, judged, with the method of its bound."""
    model_ = arithmetic("numpy", dtype)
    for name, row in limits.cells.items():
        for k, bound in enumerate(row):
            wanted = Expected(limits.exact.cells[name][k], limits.exact.states[name][k], bound)
            if wanted.state != "finite" or abs(wanted.value) > model_.largest:
                continue
            if bound.range_failure or not bound.radius.is_finite():
                continue
            yield name, judge(float(np.ravel(got[name])[k]), wanted, model_), bound.method


@pytest.mark.parametrize("target", ["numpy", "r", "tmb", "tf"])
@pytest.mark.parametrize(
    "text",
    [
        "log(pnorm(Inf - a) - pnorm(0.1 - a)) + log(pnorm(a) - pnorm(-Inf - a))",
        "exp(-(-Inf - 0.5)^2/2)*a + a + exp(a)/(1 + Inf)",
        "pmin(a, Inf) - pmax(-Inf, a*0.3)",
    ],
)
def test_infinities_of_the_model_are_exact(text: str, target: str) -> None:
    function = legalize(value_and_gradient(model(text, "a")), target, TARGETS[target].supports)
    found = bounds(function, target, {"a": 0.7})
    assert found.exact.finite
    for name in ("value", "gradient:a"):
        assert found.cells[name][0].radius < 1e-13


@pytest.mark.parametrize("exponent", [-3, -2, -1, 0, 1, 2, 3])
def test_powers_of_infinities_are_those_of_ieee(exponent: int) -> None:
    for base in (float("inf"), -float("inf")):
        found = power(arb(base), arb(exponent))
        assert found == arb(base**exponent)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_programs_are_inside(dtype: str, capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(11)  # noqa: S311
    counts: Counter[str] = Counter()
    widths: list[float] = []
    wrong: list[object] = []
    while counts["programs"] < 500:
        text = random_text(draw, draw.choice((2, 3, 4)))
        try:
            function = value_and_gradient(model(text))
        except GradcError:  # no input in it, or no derivative
            continue
        counts["programs"] += 1
        if counts["programs"] % 2:
            function = stabilize(function)
        function = legalize(function, "numpy", supports)
        scales = (draw.gauss(0, 1), draw.gauss(0, 3), 10 ** draw.uniform(-4, 2))
        point = {name: float(np.dtype(dtype).type(draw.choice(scales))) for name in NAMES}
        limits = bounds(function, "numpy", point, dtype)
        for name, one, method in judged(limits, doubles(function, point, dtype), dtype):
            counts[one.status] += 1
            counts[method] += 1
            widths.append(one.bound_ulp)
            if one.status == "disagree":
                wrong.append((text, point, name, one))
    with capsys.disabled():
        print(
            f"\n{dtype}: {counts['disagree']} false alarms in {len(widths)} numbers"
            f" of 500 programs, {counts['inconclusive']} inconclusive,"
            f" {counts['first order']} by first order; median bound {np.median(widths):.0f} ulp"
        )
    assert not wrong
    assert counts["inconclusive"] < len(widths) / 50


def tampered(function: Function, victim: int, how: str) -> Function:
    """The function with one operation done wrongly."""
    graph = Graph()
    builder = Builder(graph)
    other = {"add": "sub", "sub": "add", "mul": "div", "div": "mul", "sin": "cos", "exp": "expm1"}

    def make(node: int, record: Record, args: Any) -> int:
        if node == victim and how == "operation":
            return builder.apply(other[record[0]], args)
        made = graph.add(record[0], args, record[1], function.graph.types[node])
        if node == victim:
            return builder.mul(made, builder.const(1 + 1e-11))
        return made

    return rebuild(function, graph, make)


@pytest.mark.parametrize("how", ["operation", "factor"])
def test_wrong_programs_are_found(how: str) -> None:
    """One wrong operation, or a factor of 1 + 1e-11 anywhere, shows at one of three points."""
    texts = [
        "(y - 1/(1 + exp(-(a + b*x))))^2",
        "a*exp(-b*x) + sin(a*y)/(1 + x^2)",
        "log(1 + exp(a*x)) - y*(a + b)*x",
        "sqrt(a^2 + exp(b*x))*sin(y)",
    ]
    draw = random.Random(5)  # noqa: S311
    found = Counter[str]()
    for text in texts:
        right = differentiated(text, "a", "b")
        points = [{name: draw.uniform(0.3, 2.0) for name in NAMES} for _ in range(3)]
        limits = [bounds(right, "numpy", point) for point in points]
        marked = {
            node
            for node, record in enumerate(right.graph.records)
            if record[0] in ("add", "sub", "mul", "div", "sin", "exp")
        }
        for victim in sorted(marked):
            bad = tampered(right, victim, how)
            statuses = {
                one.status
                for point, limit in zip(points, limits, strict=True)
                for _, one, _ in judged(limit, doubles(bad, point))
            }
            found["found" if "disagree" in statuses else "missed"] += 1
    assert found["missed"] == 0, found


def test_the_better_form_has_the_narrower_bound() -> None:
    point = {"a": 5.0, "b": 3.5, "x": 2.5, "y": 6.5}
    head = "s <- 1/(1 + exp(-(a + b*x)))\n"
    cancels = bounds(model(head + "-2*(y - s)*s*(1 - s)", "a"), "numpy", point, "float32")
    stable = model(head + "-2*(y - s)*s*(1/(1 + exp(a + b*x)))", "a")
    assert radius(cancels) > 0.05
    assert radius(bounds(stable, "numpy", point, "float32")) < 2e-6


def test_overflow_is_seen_where_balls_see_none() -> None:
    function = differentiated("log(1 + exp(x))", "x")
    found = bounds(function, "numpy", {"x": 800.0})
    assert float(found.exact.cells["value"][0]) == 800.0
    assert {found.cells[name][0].range_failure for name in found.cells} == {"exp"}
    stable = legalize(stabilize(function), "numpy", supports)
    assert not bounds(stable, "numpy", {"x": 800.0}).cells["value"][0].range_failure


def test_harmless_overflow_is_harmless() -> None:
    function = differentiated("1/(1 + exp(-x))", "x")
    found = bounds(function, "numpy", {"x": -800.0}).cells["value"][0]
    assert not found.range_failure
    assert float(found.radius) < 1e-300


def test_tensorflow_flushes_what_is_subnormal() -> None:
    function = model("x*1e-200", "x")
    flushed = bounds(function, "tf", {"x": 3e-110}).cells["value"][0]
    kept = bounds(function, "numpy", {"x": 3e-110}).cells["value"][0]
    assert float(flushed.radius) > 3e-310 > float(kept.radius)


def chain(steps: int) -> Function:
    """``x <- 1.25*x - 0.25*x^2``: an iteration that converges while its balls explode."""
    lines = ["x <- a"] + ["x <- 1.25*x - 0.25*x*x"] * steps + ["x"]
    return value_and_gradient(model("\n".join(lines), "a"))


@pytest.mark.parametrize("target", ["r", "tmb", "numpy", "tf"])
def test_powers_of_negative_numbers_have_bounds(target: str) -> None:
    function = differentiated("(-x)^3 + x^2 + (x - x)^2", "x")
    found = bounds(function, target, {"x": 1.7})
    for name in found.cells:
        assert radius(found, name) < 1e-13


def test_tmb_may_add_in_any_order() -> None:
    function = model("(b - b) + (0.1 - a)", "a", "b")
    point = {"a": 0.06945888140016651, "b": 3.314791699175284}
    here = bounds(function, "numpy", point).cells["value"][0].radius
    there = bounds(function, "tmb", point).cells["value"][0].radius
    other_order = ((0.1 - point["a"]) + point["b"]) - point["b"]
    assert here.is_zero()
    assert 0 < abs(other_order - (0.1 - point["a"])) < float(there) < 1e-14


def test_long_chains_fall_back_to_the_first_order() -> None:
    function = chain(120)
    found = bounds(function, "numpy", {"a": 0.3})
    assert {found.cells[name][0].method for name in found.cells} == {"first order"}
    assert radius(found) < 1e-13
    for _, one, _ in judged(found, doubles(function, {"a": 0.3})):
        assert one.status == "agree"


def test_the_minimum_of_a_square_is_not_bounded_by_nothing() -> None:
    """The exact sensitivity is 0 there, that of a rounded run is not."""
    lines = ["x <- a"] + ["x <- 1.25*x - 0.25*x*x"] * 120 + ["(x - x/3*3)^2"]
    function = model("\n".join(lines), "a")
    found = bounds(function, "numpy", {"a": 0.3}).cells["value"][0]
    got = doubles(function, {"a": 0.3})["value"]
    assert abs(got) <= float(found.radius)


def test_a_pole_within_reach_of_rounding_has_no_bound() -> None:
    found = bounds(differentiated("a/(1 - cos(x))", "a"), "numpy", {"a": 1.0, "x": 1e-8})
    assert found.cells["value"][0].method == "none"
    assert not found.cells["value"][0].radius.is_finite()


def test_a_jump_within_reach_of_rounding_is_in_the_bound() -> None:
    found = bounds(model("floor(x*10)*1", "x"), "numpy", {"x": 0.7000000000000001})
    assert float(found.cells["value"][0].radius) >= 1.0
    assert (
        float(bounds(model("floor(x*10)", "x"), "numpy", {"x": 0.75}).cells["value"][0].radius) == 0
    )


def test_exact_operations_have_no_error() -> None:
    text = "abs(x) + ifelse(y > 1, 2*x, pmax(x, y))"
    found = bounds(model(text, "x"), "numpy", {"x": 0.5, "y": 3.0})
    assert found.cells["value"][0].radius.is_zero()
    # 1/3 is rounded, and in single precision so is the number 0.1 itself.
    assert not bounds(model("x/3", "x"), "numpy", {"x": 1.0}).cells["value"][0].radius.is_zero()
    single = bounds(model("x + 0.1", "x"), "numpy", {"x": 0.0}, "float32").cells["value"][0]
    assert 1e-9 < float(single.radius) < 1e-7
