"""Emitted NumPy: numbers and arrays, one dtype, scipy.optimize, and checks of what comes in."""

from __future__ import annotations

import math
import types
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from gradc.model import compile as compile_model


def module(text: str, wrt: list[str], hessian: bool = False, **options: Any) -> Any:
    """The emitted file, loaded; nothing of gradc is in reach of it."""
    files = compile_model(text, wrt=wrt, name="m", **options).emit("numpy", hessian=hessian)
    assert "gradc." not in files["m_numpy.py"]
    loaded = types.ModuleType("m_numpy")
    exec(compile(files["m_numpy.py"], "m_numpy.py", "exec"), loaded.__dict__)  # noqa: S102
    return loaded


SIGMOID = "(y - 1/(1 + exp(-(a + b*x))))^2"


def test_rows_by_hand() -> None:
    m = module(SIGMOID, ["a", "b"], hessian=True)
    x, y = np.array([-3.0, -1.0, 0.5, 2.0]), np.array([0.0, 1.0, 0.25, 1.0])
    p = 1 / (1 + np.exp(-(0.3 - 0.8 * x)))
    slope = -2 * (y - p) * p * (1 - p)
    value, (ga, gb) = m.value_and_grad(0.3, -0.8, y, x)
    np.testing.assert_allclose(value, (y - p) ** 2, rtol=1e-14)
    np.testing.assert_allclose(ga, slope, rtol=1e-14)
    np.testing.assert_allclose(gb, slope * x, rtol=1e-14)
    np.testing.assert_array_equal(m.value(0.3, -0.8, y, x), value)
    total, gradient = m.fun(np.array([0.3, -0.8]), y, x)
    assert isinstance(total, float)
    assert math.isclose(total, float(np.sum(value)), rel_tol=1e-15)
    np.testing.assert_allclose(gradient, [np.sum(ga), np.sum(gb)], rtol=1e-15)
    h = 1e-6
    up, down = (m.fun(np.array([0.3 + s, -0.8]), y, x)[1] for s in (h, -h))
    np.testing.assert_allclose(m.hess([0.3, -0.8], y, x)[0], (up - down) / (2 * h), rtol=1e-7)


def test_numbers_give_numbers() -> None:
    m = module(SIGMOID, ["a", "b"])
    value, gradients = m.value_and_grad(0, 0, 1, 2)
    assert isinstance(value, float)
    assert value == 0.25
    assert [type(g).__name__ for g in gradients] == ["float64", "float64"]
    assert gradients == (-0.25, -0.5)
    chosen = module("ifelse(a > 0, a*x, 0)", ["a"])
    assert isinstance(chosen.value(1.5, 2.0), float)
    assert chosen.value_and_grad(-1.5, 2.0) == (0.0, (0.0,))


def test_the_dtype_is_float32_where_every_array_is() -> None:
    m = module("exp(a*x)/3 + ifelse(x > 1, 1, 2)", ["a"])
    x = np.array([0.5, 1.5], np.float32)
    value, (gradient,) = m.value_and_grad(np.float32(0.5), x)
    assert value.dtype == gradient.dtype == np.float32
    assert m.value(0.5, np.array([1, 2])).dtype == np.float64
    assert m.value(np.float64(0.5), x).dtype == np.float64


def test_a_gradient_has_the_rows_of_the_value() -> None:
    m = module("a + b*x + c[1]*2 + c[2]*x", ["a", "b", "c"], at={"c": [1.0, 2.0]})
    x = np.array([1.0, 2.0, 3.0])
    value, (ga, gb, gc) = m.value_and_grad(1.0, 2.0, [0.5, 0.25], x)
    np.testing.assert_array_equal(value, 2.0 + 2.25 * x)
    np.testing.assert_array_equal(ga, np.ones(3))
    np.testing.assert_array_equal(gb, x)
    np.testing.assert_array_equal(gc, np.stack([np.full(3, 2.0), x], axis=-1))
    total, gradient = m.fun([1.0, 2.0, 0.5, 0.25], x)
    assert total == 19.5
    np.testing.assert_array_equal(gradient, [3.0, 6.0, 6.0, 6.0])


def test_a_single_datum_stands_for_every_row() -> None:
    m = module("sum((y - a*x)^2) + a*length(x)", ["a"])
    y = np.array([1.0, 2.0, 3.0])
    for x in (2.0, [2.0], np.full(3, 2.0)):
        value, (gradient,) = m.value_and_grad(0.5, y, x)
        assert value == 5.0 + 1.5
        assert gradient == -2 * 2 * 3.0 + 3


def test_scipy_minimises_with_it() -> None:
    text = "sum((y - b[1]*exp(-b[2]*x))^2)"
    m = module(text, ["b"], at={"b": [1.0, 1.0]}, hessian=True)
    x = np.linspace(0, 4, 17)
    y = 2.5 * np.exp(-0.7 * x)
    for method, more in (("BFGS", {}), ("trust-exact", {"hess": m.hess})):
        fit = optimize.minimize(m.fun, [1.0, 1.0], (y, x), method=method, jac=True, **more)
        np.testing.assert_allclose(fit.x, [2.5, 0.7], rtol=1e-4)
    assert (
        optimize.check_grad(lambda b: m.fun(b, y, x)[0], lambda b: m.fun(b, y, x)[1], [1.0, 1.0])
        < 1e-5
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], 1.0, [1.0, 2.0], 1.0), "a and s are scalars"),
        ((1.0, 1.0, [1.0, 2.0], [1.0, 2.0, 3.0]), "broadcast"),
        ((1.0, 1.0, [[1.0, 2.0]], 1.0), "numbers or vectors"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    m = module("(y - a*x)/s", ["a", "s"])
    with pytest.raises(ValueError, match=message):
        m.value(*arguments)


def test_a_vector_parameter_has_its_length() -> None:
    m = module("sum(b*b)*x", ["b"], at={"b": [1.0, 2.0, 3.0]})
    assert m.value([1.0, 2.0, 3.0], 2.0) == 28.0
    with pytest.raises(ValueError, match="b has 3 elements"):
        m.value([1.0, 2.0], 2.0)
    with pytest.raises(ValueError, match="theta has 3 elements"):
        m.fun([1.0], 2.0)


def test_the_branch_not_taken_is_silent_and_does_not_leak() -> None:
    m = module("ifelse(x > 0, a*log(x), b*x)", ["a", "b"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, (ga, gb) = m.value_and_grad(2.0, 3.0, np.array([-1.0, 1.0]))
    np.testing.assert_array_equal(value, [-3.0, 0.0])
    np.testing.assert_array_equal(ga, [0.0, 0.0])
    np.testing.assert_array_equal(gb, [-1.0, 0.0])


def test_products_and_extremes() -> None:
    m = module("prod(a*x) + max(x*a) + min(x)*a", ["a"])
    value, (gradient,) = m.value_and_grad(2.0, np.array([1.0, 3.0, 0.5]))
    assert value == 12.0 + 6.0 + 1.0
    assert gradient == 3 * 4 * 1.5 + 3.0 + 0.5


def test_infinities_and_division_by_zero_are_ieee() -> None:
    m = module("a/0 + (-8)^(1/3)*0 + 1/(a - a)", ["a"])
    with np.errstate(all="ignore"):
        assert math.isnan(m.value(1.0))
    with np.errstate(all="ignore"):
        assert module("1/0 + a", ["a"]).value(1.0) == math.inf
        assert module("-1/0*x + a", ["a"]).value(1.0, 2.0) == -math.inf


def test_large_functions_load() -> None:
    n = 1000
    terms = [f"100*(x{i + 1} - x{i}^2)^2 + (1 - x{i})^2" for i in range(1, n)]
    m = module(" + ".join(terms), [f"x{i}" for i in range(1, n + 1)])
    x = 0.5 + np.arange(1, n + 1) / 1000
    value, gradient = m.fun(x)
    assert math.isclose(value, optimize.rosen(x), rel_tol=1e-13)
    np.testing.assert_allclose(gradient, optimize.rosen_der(x), rtol=1e-12)
