"""R functions inside TensorFlow: gradients, shapes, batches, refusals, failures, threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bridges import SQUARES, SQUARES_GRADIENT, gradients, refused

import gradc

pytestmark = [pytest.mark.needs("r", "tf"), pytest.mark.xdist_group("bridge")]

X = np.array([0.5, 0.25])


def test_importing_the_bridge_imports_no_toolchain() -> None:
    code = "import gradc, sys; gradc.bridge.tensorflow; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_value_and_gradient_in_float64(tf: Any, bridge: Any) -> None:
    f = bridge(SQUARES, SQUARES_GRADIENT)
    assert repr(f) == "<the R function(p, x) in R, differentiable in p>"
    p = tf.constant([1 / 3, 2 / 3], tf.float64)
    value, (gradient,) = gradients(tf, lambda p: f(p, X), [p], 3.0)
    assert value.dtype == gradient.dtype == tf.float64
    assert float(value) == np.sum((p.numpy() - X) ** 2)
    np.testing.assert_array_equal(gradient, 3.0 * (2 * (p.numpy() - X)))


def test_variables_numbers_lists_and_names(tf: Any, bridge: Any) -> None:
    f = bridge("function(a, b = 10) a * b", "function(a, b = 10) b")
    assert float(f(2)) == 20
    assert float(f(b=3, a=np.float64(2))) == 6
    assert f([2.0]).shape == ()
    v = tf.Variable(2.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = f(v, 4)
    assert float(tape.gradient(value, v)) == 4
    for call in (lambda: f(), lambda: f(1, 2, 3), lambda: f(1, c=2), lambda: f(1, a=2)):
        with pytest.raises(TypeError):
            call()
    assert "a tensor of string" in refused("G801", lambda: f("two"))
    assert "neither a number" in refused("G801", lambda: f([[1.0], [2.0, 3.0]]))
    assert "a tensor of complex64" in refused("G801", lambda: f(tf.constant(1j, tf.complex64)))


def test_float32_is_cast_for_r_and_back(tf: Any, bridge: Any) -> None:
    f = bridge(SQUARES, SQUARES_GRADIENT)
    p = tf.constant([1 / 3, 2 / 3], tf.float32)
    value, (gradient,) = gradients(tf, lambda p: f(p, X), [p])
    assert value.dtype == gradient.dtype == tf.float32
    exact = p.numpy().astype(np.float64)
    assert float(value) == np.float32(np.sum((exact - X) ** 2))
    np.testing.assert_array_equal(gradient, (2 * (exact - X)).astype(np.float32))


def test_the_attribute_of_deriv_and_a_file(tf: Any, bridge: Any, tmp_path: Path) -> None:
    file = tmp_path / "model.R"
    file.write_text('f <- deriv(~ (y - a*exp(b*x))^2, c("a", "b"), function(a, b, x, y) NULL)\n')
    f = bridge("f", source=file, wrt=["a", "b"], shape=(None,))
    x, y, weight = np.array([0.1, 0.2, 0.4]), np.array([1.0, 2, 3]), np.array([1.0, -2, 0.5])
    a, b = (tf.constant(one, tf.float64) for one in (0.7, 0.3))
    value, found = gradients(tf, lambda a, b: f(a, b, x, y), [a, b], weight)
    model = gradc.compile("(y - a*exp(b*x))^2", wrt=["a", "b"]).function()
    exact, slopes = model(a=0.7, b=0.3, x=x, y=y)
    np.testing.assert_allclose(value, exact, rtol=1e-14)
    for one, name in zip(found, "ab", strict=True):
        np.testing.assert_allclose(one, weight @ slopes[name], rtol=1e-13)
    assert "there is no such file" in refused("G011", lambda: bridge("f", source="absent.R"))


def test_matrices_and_a_named_list(tf: Any, bridge: Any) -> None:
    f = bridge(
        "function(W, v) drop(W %*% v)",
        """function(W, v) {
          by_w <- array(0, c(nrow(W), dim(W)))
          for (i in seq_len(nrow(W))) by_w[i, i, ] <- v
          list(v = W, W = by_w)
        }""",
        wrt=["W", "v"],
        shape=(None,),
    )
    w = tf.constant([[1.0, 2, 3], [4, 5, 6]], tf.float64)
    v = tf.constant([0.5, -1, 2], tf.float64)
    weight = np.array([3.0, -1])
    value, (by_w, by_v) = gradients(tf, f, [w, v], weight)
    np.testing.assert_array_equal(value, w.numpy() @ v.numpy())
    np.testing.assert_array_equal(by_w, np.outer(weight, v))
    np.testing.assert_array_equal(by_v, weight @ w.numpy())


@pytest.mark.parametrize("vectorized", [False, True])
def test_batches(tf: Any, bridge: Any, vectorized: bool) -> None:
    rows = np.random.default_rng(0)
    x, y, weight = rows.normal(size=(20, 2)), rows.normal(size=20), rows.normal(size=20)
    residual = "y - p[1] - drop(x %*% p[2:3])"
    columns, bent = "cbind(1, x)", "outer(r, p[2:3])"
    if not vectorized:
        residual, columns, bent = "y - p[1] - sum(x * p[2:3])", "c(1, x)", "r * p[2:3]"
    f = bridge(
        f"function(p, x, y) ({residual})^2",
        f"function(p, x, y) {{ r <- {residual}; list(p = -2 * r * {columns}, x = -2 * {bent}) }}",
        wrt=["p", "x"],
        batch=["x", "y"],
        vectorized=vectorized,
    )

    def exact(p: Any, x: Any) -> Any:
        return (y - p[0] - tf.linalg.matvec(x, p[1:])) ** 2

    sources = [tf.constant([0.1, 0.2, 0.3], tf.float64), tf.constant(x)]
    value, found = gradients(tf, lambda p, x: f(p, x, y), sources, weight)
    truth, slopes = gradients(tf, exact, sources, weight)
    assert value.shape == (20,)
    np.testing.assert_allclose(value, truth, rtol=1e-12)
    for one, two in zip(found, slopes, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-11, atol=1e-13)
    assert "'x' 20, 'y' 19" in refused("G801", lambda: f(sources[0], x, y[:19]))
    assert "'y' is a number" in refused("G801", lambda: f(sources[0], x, 1.0))


def test_static_shapes_are_known_in_a_graph(tf: Any, bridge: Any) -> None:
    f = bridge("function(p, x) p * x", "function(p, x) x", shape=(3,), batch="x")
    seen = []

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float64)])
    def call(x: Any) -> Any:
        seen.append(tuple(f(2.0, x).shape))
        return f(2.0, x)

    np.testing.assert_array_equal(call(np.ones((4, 3))), 2 * np.ones((4, 3)))
    assert seen == [(None, 3)]


def test_wrong_shapes_are_named_eagerly_and_in_graphs(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) p", "function(p) 1")
    said = "the R function returned 2 numbers, and a value of shape () was expected"
    assert refused("G802", lambda: f([1.0, 2])) == said
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.function(f)(X)
    assert said in str(caught.value)
    g = bridge("function(p) sum(p)", "function(p) p[1]")
    said = "the gradient of the R function by 'p' is 1 number, and the shape (2,) was expected"

    def slope(p: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(p)
            value = g(p)
        return tape.gradient(value, p)

    assert said in refused("G803", lambda: slope(tf.constant(X)))
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.function(slope)(X)
    assert said in str(caught.value)


def test_not_a_number_stays_what_it_is(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) sum(log(p))", "function(p) 1 / p")
    p = tf.constant([-1.0, 0.0, np.nan], tf.float64)
    value, (gradient,) = gradients(tf, f, [p])
    np.testing.assert_array_equal(value, np.nan)
    np.testing.assert_array_equal(gradient, [-1, np.inf, np.nan])


def test_failures_of_r_say_what_r_says(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) if (p > 0) p else stop('p must be positive')", "function(p) 1")
    said = "the R function failed in R: p must be positive"
    assert refused("G407", lambda: f(-1.0)) == said
    with pytest.raises(tf.errors.UnknownError, match=said):
        tf.function(f)(-1.0)
    assert float(f(2.0)) == 2
    bare = bridge("function(p) if (p > 0) p else structure('two', gradient = 1)")
    assert "of class character" in refused("G407", lambda: bare(-1.0))
    assert 'no attribute "gradient"' in refused("G407", lambda: bare(1.0))


def test_what_cannot_be_bridged_is_said_at_once(bridge: Any) -> None:
    assert "unexpected" in refused("G407", lambda: bridge("function(p) p +"))
    assert "not a function" in refused("G407", lambda: bridge("1 + 1", "2"))
    assert "not found" in refused("G407", lambda: bridge("no_such_function"))
    said = refused("G801", lambda: bridge("function(p, x) p", "function(p) 1"))
    assert said == "r_gradient does not take 'x', which the R function takes"
    assert "takes p" in refused("G801", lambda: bridge("function(p) p", wrt="q"))
    assert "by its code" in refused("G801", lambda: bridge(lambda p: p))


def test_a_crash_a_time_limit_and_closing(bridge: Any) -> None:
    f = bridge(
        "function(p) { if (p == 1) tools::pskill(Sys.getpid(), 9); if (p == 2) repeat {}; p }",
        "function(p) 1",
        timeout=2.0,
    )
    assert float(f(3.0)) == 3
    assert "crashed" in refused("G404", lambda: f(1.0))
    assert float(f(4.0)) == 4
    assert "within 2 s" in refused("G405", lambda: f(2.0))
    with f:
        assert float(f(5.0)) == 5
    assert "is closed" in refused("G805", lambda: f(3.0))


def test_threads_and_parallel_graphs_wait_for_each_other(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) sum(p^2)", "function(p) 2 * p")
    found: dict[int, float] = {}

    def work(number: int) -> None:
        for _ in range(20):
            found[number] = float(f([float(number)] * 3))
            assert found[number] == 3 * number**2

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: 3.0 * number**2 for number in range(4)}
    numbers = tf.constant(np.arange(24.0).reshape(12, 2))
    many = tf.function(lambda x: tf.map_fn(f, x, parallel_iterations=6))
    np.testing.assert_array_equal(many(numbers), np.sum(numbers.numpy() ** 2, 1))


def test_xla_says_which_operation_it_cannot_compile(tf: Any, bridge: Any) -> None:
    f = bridge("function(p) p", "function(p) 1")
    with pytest.raises(tf.errors.InvalidArgumentError, match="needs_jit_compile_False"):
        tf.function(f, jit_compile=True)(1.0)


def test_keras_trains_through_r_and_what_is_in_front_of_it(tf: Any, bridge: Any) -> None:
    import keras

    f = bridge(
        "function(p, x) p[1] * x / (p[2] + x)",
        "function(p, x) list(c(x / (p[2] + x), -p[1] * x / (p[2] + x)^2), p[1]*p[2] / (p[2]+x)^2)",
        wrt=["p", "x"],
        batch="x",
    )
    inputs = keras.Input((1,), dtype="float64")
    dense = keras.layers.Dense(1, activation="softplus", dtype="float64")
    x = keras.layers.Reshape((), dtype="float64")(dense(inputs))
    curve = f.layer(weights={"p": [1.0, 1.0]})
    model = keras.Model(inputs, curve(x))
    assert model.output_shape == (None,)
    dense.set_weights([np.array([[0.5]]), np.array([0.1])])
    rows = np.linspace(0.1, 3, 8)[:, None]
    y = tf.constant(2 * rows[:, 0] / (0.5 + rows[:, 0]))

    def loss(predicted: Any) -> Any:
        return tf.reduce_mean((y - predicted) ** 2)

    weights = model.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        ours = loss(model(rows))
        inside = tf.math.softplus(tf.constant(rows) @ dense.kernel + dense.bias)[:, 0]
        p = curve.trainable_variables[0]
        exact = loss(p[0] * inside / (p[1] + inside))
    found = tape.gradient(ours, [v.value for v in weights])
    truth = tape.gradient(exact, [v.value for v in weights])
    for one, two in zip(found, truth, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    history = model.fit(rows, y, epochs=15, batch_size=8, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]
    for weights, code in (({"q": 1.0}, "names 'q'"), ({"x": [1.0]}, "'x' has rows")):
        assert code in refused("G801", lambda weights=weights: f.layer(weights=weights))
