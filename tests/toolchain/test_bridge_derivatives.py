"""Derivatives through the bridge: of models, of second order, and those that R does not give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bridges import SQUARES, SQUARES_GRADIENT, gradients, refused

import gradc

pytestmark = [pytest.mark.needs("r", "tf"), pytest.mark.xdist_group("bridge")]
X = np.array([0.5, 0.25])


def test_a_gradient_that_r_was_not_asked_for_is_refused(tf: Any, bridge: Any) -> None:
    f = bridge(SQUARES, SQUARES_GRADIENT)
    p, x = tf.constant([1.0, 2], tf.float64), tf.constant(X)
    said = "the gradient of the R function does not cover 'x', which a tape watches"

    def slopes(f: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([p, x])
            value = f(p, x)
        return tape.gradient(value, [p, x])

    assert refused("G804", lambda: slopes(f)) == said
    with pytest.raises(Exception, match=said):
        tf.function(slopes)(f)
    # A tape around a graph: all derivatives are made, wanted or not, so this one is poisoned.
    by_p, by_x = slopes(tf.function(f))
    np.testing.assert_array_equal(by_p, 2 * (p - x))
    assert np.isnan(by_x).all()
    constant = bridge(SQUARES, SQUARES_GRADIENT, constant="x")
    for by_p, by_x in (slopes(constant), slopes(tf.function(constant))):
        np.testing.assert_array_equal(by_p, 2 * (p - x))
        assert by_x is None


def test_second_derivatives_are_refused_or_right(tf: Any, bridge: Any) -> None:
    code = "function(p) sum(p^3)"
    plain = bridge(code, "function(p) 3 * p^2")
    full = bridge(
        "function(p) structure(sum(p^3), gradient = 3 * p^2, hessian = diag(6 * p, length(p)))",
        hessian=True,
    )
    p = tf.constant([1.0, 2], tf.float64)

    def second(f: Any, order: int = 2) -> Any:
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(p)
            with tf.GradientTape(persistent=True) as inner:
                inner.watch(p)
                with tf.GradientTape() as tape:
                    tape.watch(p)
                    value = f(p)
                one = tape.gradient(value, p)
            two = inner.gradient(one, p, output_gradients=tf.constant([1.0, 10], tf.float64))
        return two if order == 2 else outer.gradient(two, p)

    assert "has only its gradient" in refused("G804", lambda: second(plain))
    with pytest.raises(Exception, match="has only its gradient"):
        tf.function(second)(plain)
    for found in (second(full), tf.function(second)(full)):
        np.testing.assert_array_equal(found, [6, 120])
    assert "third derivative" in refused("G804", lambda: second(full, 3))


@pytest.mark.parametrize("vectorized", [False, True])
def test_second_derivatives_of_batches(tf: Any, bridge: Any, vectorized: bool) -> None:
    f = bridge(
        "deriv3(~ exp(-a*x) * x^2, c('a', 'x'), function(a, x) NULL)",
        wrt=["a", "x"],
        batch="x",
        vectorized=vectorized,
        hessian=True,
    )
    weight = tf.constant([1.0, -2, 0.5], tf.float64)

    def first(function: Any) -> Any:
        def total(a: Any, x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch([a, x])
                value = tf.reduce_sum(function(a, x) * weight)
            by_a, by_x = tape.gradient(value, [a, x])
            return 3 * by_a + tf.reduce_sum(by_x * x)

        return total

    sources = [tf.constant(0.7, tf.float64), tf.constant([0.5, 1, 2], tf.float64)]
    value, found = gradients(tf, first(f), sources)
    right, truth = gradients(tf, first(lambda a, x: tf.exp(-a * x) * x**2), sources)
    np.testing.assert_allclose(value, right, rtol=1e-13)
    for one, two in zip(found, truth, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12)


def test_a_model_brings_its_gradient_and_hessian(tf: Any, bridge: Any) -> None:
    data = {"x": [[1.0, 2], [3, 4], [5, 6]], "y": [1.0, 2, 3]}
    start = {"w": [0.5, 0.1], "s": 1.5, "W": [[1.0, 2, 3], [4, 5, 6]]}
    text = "sum((y - x %*% w)^2) * s + sum(W^3) * w[1]"
    f = bridge(gradc.compile(text, wrt=["w", "s", "W"], at={**data, **start}))
    assert f.arguments == ("w", "s", "W", "y", "x")
    x, y = np.array(data["x"]), np.array(data["y"])

    def exact(w: Any, s: Any, big: Any) -> Any:
        return tf.reduce_sum((y - tf.linalg.matvec(x, w)) ** 2) * s + tf.reduce_sum(big**3) * w[0]

    def first(function: Any) -> Any:
        def total(w: Any, s: Any, big: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch([w, s, big])
                value = function(w, s, big)
            by_w, by_s, by_big = tape.gradient(value, [w, s, big])
            return tf.reduce_sum(by_w * [2.0, 3]) + 5 * by_s + tf.reduce_sum(by_big * (big + 1))

        return total

    sources = [tf.constant(value, tf.float64) for value in start.values()]

    def emitted(w: Any, s: Any, big: Any) -> Any:
        return f(w, s, big, x=x, y=y)

    for ours, truth in ((emitted, exact), (first(emitted), first(exact))):
        value, found = gradients(tf, ours, sources)
        right, slopes = gradients(tf, truth, sources)
        np.testing.assert_allclose(value, right, rtol=1e-13)
        for one, two in zip(found, slopes, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-12)
    assert "a model knows its own" in refused("G801", lambda: bridge(gradc.compile("a"), wrt="a"))


def test_a_model_whose_inputs_have_names_of_r_and_gradc(tf: Any, bridge: Any) -> None:
    f = bridge(
        gradc.compile("sum((y - order*x)^2) * lambda", wrt=["order", "lambda"]), batch=["x", "y"]
    )
    x = np.array([[1.0, 2], [3, 4], [5, 6]])
    sources = [tf.constant(one, tf.float64) for one in (2.0, 3.0)]
    value, found = gradients(tf, lambda a, b: f(a, b, x=x, y=1.5 * x), sources, [1.0, -1, 2])
    squares = (x**2).sum(1)
    np.testing.assert_allclose(value, 0.25 * 3 * squares, rtol=1e-14)
    weighted = squares @ [1.0, -1, 2]
    np.testing.assert_allclose(found, [2 * 0.5 * 3 * weighted, 0.25 * weighted], rtol=1e-14)


def test_a_model_of_rows(tf: Any, bridge: Any) -> None:
    model = gradc.compile("(y - a/(1 + exp(-b*x)))^2", wrt=["a", "b"])
    f = bridge(model)
    x, y = np.linspace(-1, 1, 5), np.linspace(0, 2, 5)
    a, b = (tf.constant(one, tf.float64) for one in (1.5, 2.0))
    value, found = gradients(tf, lambda a, b: f(a, b, x=x, y=y), [a, b], np.arange(5.0))
    exact, slopes = model.function()(a=1.5, b=2.0, x=x, y=y)
    np.testing.assert_allclose(value, exact, rtol=1e-14)
    for one, name in zip(found, "ab", strict=True):
        np.testing.assert_allclose(one, np.arange(5.0) @ slopes[name], rtol=1e-13)


def test_a_jacobian_and_a_forward_derivative(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) p^2", "function(p) diag(2 * p)", shape=(2,))
    p = tf.constant([1.0, 3], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(p)
        value = f(p)
    np.testing.assert_array_equal(tape.jacobian(value, p), np.diag([2, 6]))
    with tf.autodiff.ForwardAccumulator(p, tf.constant([1.0, 10], tf.float64)) as forward:
        value = f(p)
    np.testing.assert_array_equal(forward.jvp(value), [2, 60])
