"""The normal distribution in its tails, and what its functions mean when a model calls them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from flint import arb, ctx

from gradc.errors import GradcError
from gradc.ir import REAL, Graph
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.prims import TABLE, Builder
from gradc.verify import true_values

POINTS = (-200.0, -40.0, -8.0, -1.5, -1.0, 0.0, 0.7, 3.0, 9.0, 37.0)
NAMES = ("pnorm", "log_pnorm", "inverse_mills")


def ncdf(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


EXACT: dict[str, Callable[[Any], Any]] = {
    "pnorm": ncdf,
    "log_pnorm": lambda x: mpmath.log(ncdf(x)) if x < 0 else mpmath.log1p(-ncdf(-x)),
    "inverse_mills": lambda x: mpmath.npdf(x) / ncdf(x),
}


def exact(formula: Callable[[], Any]) -> arb:
    """A number from mpmath to 60 digits, which has another erfc than Arb."""
    with mpmath.workdps(100), ctx.workprec(250):
        return arb(mpmath.nstr(formula(), 60))


def close(got: Any, expected: Any, relative: str) -> bool:
    with ctx.workprec(250):
        return bool(abs(got - expected) <= abs(expected) * arb(relative) + arb("1e-330"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", POINTS)
def test_balls_are_narrow_and_right(name: str, x: float) -> None:
    with ctx.workprec(200):
        ball = TABLE[name].ball(arb(x))
        assert ball.rel_accuracy_bits() > 150
    assert close(ball, exact(lambda: EXACT[name](mpmath.mpf(x))), "1e-45")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("middle", "radius"), [(-5, 4.5), (0, 2), (-1, 0.25), (-60, 30), (6, 1)])
def test_a_wide_ball_encloses_every_value_and_little_more(
    name: str, middle: float, radius: float
) -> None:
    value = TABLE[name].ball
    ball = value(arb(middle, radius))
    ends = [value(arb(middle + radius * k)) for k in (-1.0, -0.3, 0.2, 1.0)]
    assert all(ball.overlaps(end) for end in ends)
    assert ball.rad() <= abs(ends[0] - ends[3]) * arb("0.501") + arb("1e-12")


@pytest.mark.parametrize(
    ("x", "value"), [("inf", ("1", "0", "0")), ("-inf", ("0", "-inf", "inf"))], ids=str
)
def test_limits_at_infinity(x: str, value: tuple[str, ...]) -> None:
    for call, expected in zip(
        ("pnorm(x)", "pnorm(x, log.p = TRUE)", "dnorm(x)/pnorm(x)"), value, strict=True
    ):
        (cell,) = true_of(call, x=float(x))["value"]
        assert float(cell) == float(expected), call


def true_of(call: str, **point: float) -> dict[str, Any]:
    """The true value and gradient of a model, by gradc's oracle."""
    model = compile_model(call, wrt=list(point))
    return dict(true_values(model.stages.gradient, point).cells)


def density(x: Any, m: Any, s: Any) -> Any:
    return mpmath.npdf(x, mpmath.mpf(m), mpmath.mpf(s))


CALLS: list[tuple[str, dict[str, float], Callable[[], Any]]] = [
    ("dnorm(x)", {"x": -37.0}, lambda: density(-37, 0, 1)),
    ("dnorm(x, 1, 2)", {"x": 5.0}, lambda: density(5, 1, 2)),
    ("dnorm(x, , 2)", {"x": 5.0}, lambda: density(5, 0, 2)),
    ("dnorm(x, sd = 2, 1)", {"x": 5.0}, lambda: density(5, 1, 2)),
    ("dnorm(x, m = 0.5)", {"x": 5.0}, lambda: density(5, 0.5, 1)),
    ("dnorm(x, m, s)", {"x": 5.0, "m": -1.0, "s": 3.0}, lambda: density(5, -1, 3)),
    ("dnorm(x, log = TRUE)", {"x": -1e6}, lambda: mpmath.log(density(-1000000, 0, 1))),
    ("dnorm(x, 1, 2, T)", {"x": 300.0}, lambda: mpmath.log(density(300, 1, 2))),
    ("dnorm(x, 1, s, 1)", {"x": 300.0, "s": 0.5}, lambda: mpmath.log(density(300, 1, 0.5))),
    ("pnorm(x)", {"x": -37.0}, lambda: ncdf(mpmath.mpf(-37))),
    ("pnorm(x, 1, 2)", {"x": 5.0}, lambda: ncdf(mpmath.mpf(2))),
    ("pnorm(x, lower.tail = FALSE)", {"x": 37.0}, lambda: ncdf(mpmath.mpf(-37))),
    ("pnorm(x, low = F, log = T)", {"x": 50.0}, lambda: mpmath.log(ncdf(mpmath.mpf(-50)))),
    ("pnorm(x, 1, s, log.p = TRUE)", {"x": -9.0, "s": 2.0}, lambda: mpmath.log(ncdf(-5))),
]


@pytest.mark.parametrize(("call", "point", "expected"), CALLS, ids=[call[0] for call in CALLS])
def test_calls_mean_what_they_mean_in_r(
    call: str, point: dict[str, float], expected: Callable[[], Any]
) -> None:
    (got,) = true_of(call, **point)["value"]
    assert close(got, exact(expected), "1e-20")


@pytest.mark.parametrize(
    ("written", "meant", "point"),
    [
        ("1 - pnorm(x)", "pnorm(-x)", {"x": 30.0}),
        ("log(pnorm(x))", "pnorm(x, log.p = TRUE)", {"x": -40.0}),
        ("dnorm(x)/pnorm(x)", "exp(dnorm(x, log = TRUE) - pnorm(x, log.p = TRUE))", {"x": -40.0}),
        ("pnorm(b) - pnorm(a)", "pnorm(-a) - pnorm(-b)", {"a": 10.0, "b": 10.5}),
        ("pnorm(b) - pnorm(a)", "pnorm(-a) - pnorm(-b)", {"a": -10.0, "b": -9.5}),
        (
            "log(pnorm(b) - pnorm(a))",
            "a1 <- pnorm(-a, log = T); a1 + log1p(-exp(pnorm(-b, log = T) - a1))",
            {"a": 50.0, "b": 50.5},
        ),
    ],
)
def test_what_cancels_or_underflows_is_computed_otherwise(
    written: str, meant: str, point: dict[str, float]
) -> None:
    """In doubles, at a point where the written form has no digit left or few."""
    value, gradient = compile_model(written, wrt=list(point)).function("numpy")(**point)
    expected = true_of(meant, **point)
    for got, cells in [(value, expected["value"])] + [
        (gradient[name], expected[f"gradient:{name}"]) for name in point
    ]:
        assert close(arb(float(got)), cells[0], "1e-10"), (got, cells)


def test_a_density_whose_logarithm_is_asked_for_is_never_exponentiated() -> None:
    model = compile_model("dnorm(x, m, s, log = TRUE)")
    assert not {"exp"} & {record[0] for record in model.stages.value.graph.records}


def body(model: Model) -> str:
    (line,) = (x for x in model.emit("r")[f"{model.name}.R"].splitlines() if "value <-" in x)
    return line.strip()


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("pnorm(x)", "value <- pnorm(x)"),
        ("pnorm(x, 0, 1, TRUE, FALSE)", "value <- pnorm(x)"),
        ("pnorm(x, lower.tail = FALSE)", "value <- pnorm(-x)"),
        ("pnorm(x, log.p = TRUE)", "value <- pnorm(x, log.p = TRUE)"),
        ("pnorm(x, m)", "value <- pnorm(expr1)"),
        ("dnorm(x, log = TRUE)", "value <- dnorm(x, 0, 1, log = TRUE)"),
    ],
)
def test_emitted_r_reads_as_a_person_would_write_it(call: str, line: str) -> None:
    assert body(compile_model(call)) == line


def test_a_deviation_that_is_an_exponential_needs_no_guard() -> None:
    with_exponential = compile_model("pnorm(x, m, exp(s))").stages.value.graph.records
    assert "select" not in {record[0] for record in with_exponential}
    with_any = compile_model("pnorm(x, m, s)").stages.value.graph.records
    assert "select" in {record[0] for record in with_any}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(
    "call", ["dnorm(x, m, s)", "dnorm(x, m, s, log = TRUE)", "pnorm(x, m, s)", "pnorm(x, m, s, F)"]
)
def test_a_negative_deviation_gives_nan_as_in_r(call: str) -> None:
    model = compile_model(call, wrt=["x", "m", "s"])
    value, _ = model.function("numpy")(x=1.0, m=0.0, s=-2.0)
    assert math.isnan(float(value))
    assert true_values(model.stages.value, {"x": 1.0, "m": 0.0, "s": -2.0}).states["value"] == (
        "undefined",
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("dnorm(x, 0, -1)", "the standard deviation 'sd' must be positive"),
        ("pnorm(x, 0, 0)", "the standard deviation 'sd' must be positive"),
        ("dnorm(x, log = y > 1)", "'log' must be known when the model is compiled"),
        ("pnorm(x, lower.tail = y)", "'lower.tail' must be known when the model is compiled"),
        ("pnorm(x, log.p = y)", "'log.p' must be known when the model is compiled"),
        ("dnorm(x, location = 1)", "'dnorm' has no argument 'location'"),
        ("SSlogis(x, a, b)", "scal"),
        ("ptweedie(x)", "'ptweedie' is no function of R or TMB, which has 'dtweedie' alone"),
    ],
)
def test_what_is_refused(call: str, words: str) -> None:
    with pytest.raises(GradcError) as caught:
        compile_model(call)
    assert words in caught.value.diagnostics[0].message


def test_scipys_names_are_known_in_python() -> None:
    model = compile_model("special.ndtr(x) + special.log_ndtr(y)", syntax="python")
    point = {"x": -3.0, "y": -40.0}
    (got,) = true_values(model.stages.value, point).cells["value"]
    assert close(got, exact(lambda: ncdf(mpmath.mpf(-3)) + mpmath.log(ncdf(-40))), "1e-20")


@pytest.mark.parametrize(
    ("prim", "limit", "comparison", "folds"),
    [
        ("exp", 0.0, "lt", True),
        ("sqrt", 0.0, "lt", True),
        ("exp", 0.0, "le", False),  # exp() underflows to 0
        ("exp", 1.0, "lt", False),
        ("sin", 0.0, "lt", False),
    ],
)
def test_a_choice_by_what_never_holds_is_its_other_side(
    prim: str, limit: float, comparison: str, folds: bool
) -> None:
    graph = Graph()
    builder = Builder(graph)
    x, y = graph.input("x", REAL), graph.input("y", REAL)
    test = builder.apply(comparison, (builder.apply(prim, (x,)), builder.const(limit)))
    assert (builder.select(test, x, y) == y) is folds
