"""The Tweedie density: its values, its derivatives, its integral, and what is refused."""

from __future__ import annotations

import itertools
import math
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.prims import wright_balls
from gradc.prims.tweedie import far_coefficients
from gradc.verify import true_values

CALL = "dtweedie(y, mu, phi, p, log = TRUE)"


def series(y: Any, mu: Any, phi: Any, p: Any) -> Any:
    """Dunn and Smyth's series as it stands, with more digits than it loses."""
    y, mu, phi, p = (mpmath.mpf(number) for number in (y, mu, phi, p))
    if y == 0:
        return -(mu ** (2 - p)) / (phi * (2 - p))
    a = (2 - p) / (p - 1)
    middle = float(y ** (2 - p) / (phi * (2 - p)))
    reach = 30 * math.sqrt(middle / (1 + float(a))) + 60
    log_z = a * mpmath.log(y / (p - 1)) - (1 + a) * mpmath.log(phi) - mpmath.log(2 - p)
    terms = [
        j * log_z - mpmath.loggamma(1 + j) - mpmath.loggamma(a * j)
        for j in range(max(1, int(middle - reach)), int(middle + reach))
    ]
    top = max(terms)
    total = mpmath.log(mpmath.fsum(mpmath.exp(term - top) for term in terms)) + top
    return total - mpmath.log(y) + (y * mu ** (1 - p) / (1 - p) - mu ** (2 - p) / (2 - p)) / phi


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(CALL, wrt=["y", "mu", "phi", "p"])


POINTS = [
    dict(zip(("y", "mu", "phi", "p"), row, strict=True))
    for row in [
        *itertools.product((1e-9, 0.4, 25.0), (0.3, 20.0), (0.2, 4.0), (1.05, 1.5, 1.95)),
        (1e8, 1.1e8, 0.5, 1.6),
        (3e3, 2.9e3, 1e-3, 1.9),
        (2.0, 2.5, 1e-3, 1.2),
        (1e-150, 1.0, 1.0, 1.5),
        (5.0, 5.0, 1.0, 1.001),
        (5.0, 5.0, 1.0, 1.999),
    ]
]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_values_and_derivatives_are_those_of_the_series(
    model: Model, point: dict[str, float]
) -> None:
    cells = true_values(model.stages.gradient, point).cells
    got, slopes = model.function("numpy")(**point)
    names = list(point)
    with mpmath.workdps(60):
        wanted = series(**point)
        size = max(1.0, abs(float(wanted)), abs(math.log(point["y"])))
        assert abs(float(cells["value"][0]) - wanted) < 1e-15 * size
        assert abs(float(got) - wanted) < 4e-14 * size
        for place, name in enumerate(names):
            orders = tuple(int(k == place) for k in range(4))
            slope = mpmath.diff(
                series, tuple(point.values()), orders, h=abs(mpmath.mpf(point[name])) / 10**30
            )
            (cell,) = cells[f"gradient:{name}"]
            size = max(abs(float(slope)), 1.0 / point[name])
            assert abs(float(cell) - slope) < 1e-14 * size, name
            assert abs(float(slopes[name]) - slope) < 1e-9 * size, name


def test_nothing_cancels_where_y_over_phi_is_large(model: Model) -> None:
    """x = y^(2 - p)/(phi (2 - p)) is 2e9 here: the series' own formula loses nine digits."""
    point = {"y": 1e12, "mu": 1.00001e12, "phi": 1e-3, "p": 1.5}
    (wanted,) = true_values(model.stages.value, point).cells["value"]
    got, _ = model.function("numpy")(**point)
    assert abs(float(got) / float(wanted) - 1) < 1e-12


@pytest.mark.parametrize(("phi", "p"), [(0.5, 1.3), (2.0, 1.6), (1.0, 1.9)])
def test_density_and_probability_of_zero_sum_to_one(phi: float, p: float) -> None:
    value = compile_model("dtweedie(y, mu, phi, p)", wrt=["mu"]).function("numpy")
    # y = exp(t): the rule of trapezoids converges fast on such a bell.
    step = 0.02
    y = np.exp(np.arange(-260.0, 12.0, step))
    density = value(y=y, mu=1.7, phi=phi, p=p)[0]
    total = float(np.sum(density * y) * step) + float(value(y=0.0, mu=1.7, phi=phi, p=p)[0])
    assert total == pytest.approx(1, abs=1e-9)


def test_zero_and_below(model: Model) -> None:
    zero, slopes = model.function("numpy")(y=0.0, mu=2.0, phi=0.5, p=1.5)
    assert float(zero) == pytest.approx(-math.sqrt(2) / 0.25, rel=1e-15)
    assert float(slopes["mu"]) == pytest.approx(-1 / (0.5 * math.sqrt(2)), rel=1e-15)
    assert math.isnan(float(slopes["y"]))
    below, slopes = model.function("numpy")(y=-1.0, mu=2.0, phi=0.5, p=1.5)
    assert float(below) == -math.inf
    assert {float(slope) for slope in slopes.values()} == {0.0}


@pytest.mark.parametrize("wrong", [{"mu": -1.0}, {"phi": 0.0}, {"p": 1.0}, {"p": 2.5}])
def test_outside_of_the_domain_it_is_nan(model: Model, wrong: dict[str, float]) -> None:
    for y in (0.0, 1.0):
        value, _ = model.function("numpy")(**{"y": y, "mu": 2.0, "phi": 0.5, "p": 1.5, **wrong})
        assert math.isnan(float(value))


@pytest.mark.parametrize(("x", "a"), [(0.3, 2.5), (60.0, 0.75), (900.0, 2.0), (400.0, 0.05)])
def test_the_sum_and_the_integral_are_one_function(
    monkeypatch: pytest.MonkeyPatch, x: float, a: float
) -> None:
    for order in ((0, 0), (1, 0), (0, 1), (1, 1), (0, 2)):
        with ctx.workprec(120):
            by_sum = wright_balls.wright_slope(arb(x), arb(a), *map(arb, order))
            with monkeypatch.context() as patch:
                patch.setattr(wright_balls, "_MOST_TERMS", 0)
                by_integral = wright_balls.wright_slope(arb(x), arb(a), *map(arb, order))
        assert by_sum.rel_accuracy_bits() > 60
        assert by_integral.rel_accuracy_bits() > 30
        assert by_sum.overlaps(by_integral)


def test_the_series_at_infinity_begins_with_stirlings() -> None:
    """Where a is 0 or infinite, one gamma function is left: B(2k)/(2k (2k - 1)) below zero."""
    stirling = [-1 / 12, 0, 1 / 360, 0, -1 / 1260, 0, 1 / 1680, 0]
    assert [float(row[0]) for row in far_coefficients()] == pytest.approx(stirling)
    assert [len(row) for row in far_coefficients()] == list(range(2, 10))


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("dgumbel", None),
        ("pinvgauss", None),
        ("qqplot", None),
        ("dtweedy", "did you mean 'dtweedie'?"),
        ("dnormal", "did you mean 'dnorm'?"),
        ("digama", "did you mean 'digamma'?"),
        ("rond", "did you mean 'round'?"),
    ],
)
def test_what_looks_like_a_distribution_is_no_slip(name: str, suggestion: str | None) -> None:
    with pytest.raises(GradcError) as caught:
        compile_model(f"{name}(x)")
    assert caught.value.diagnostics[0].suggestion == suggestion
