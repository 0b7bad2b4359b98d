"""Emitted TensorFlow in real TensorFlow, in a process of its own: one script, many checks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradc.model import compile as compile_model

pytestmark = pytest.mark.needs("tf")

MODELS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "sigmoid": ("(y - 1/(1 + exp(-(a + b*x))))^2", ["a", "b"], {}),
    "squares": ("sum((y - b[1] - b[2]*x)^2)/length(y)", ["b"], {"b": [1.0, 2.0]}),
    "branch": ("ifelse(x > 0, a*log(x), a*x) + 1/3", ["a"], {}),
    "mixed": ("(x - sum(x*a)/length(x))^2 + prod(a*x)", ["a"], {}),
    "leak": ("ifelse(a > 0, sqrt(a), a^2)", ["a"], {}),
    "constant": ("2 + 0*a", ["a"], {}),
    "counts": (
        "-sum(dnbinom(y, size = s, mu = m, log = TRUE)) + sum(pmax(2, m*y) + 2^(y*s))"
        " + sum(ifelse(y > 1, 1, m*y)) + sum(pgamma(m*y + 1, s, log.p = TRUE))",
        ["m", "s"],
        {},
    ),
    "special": ("lgamma(a*x) + digamma(a) + log1p(exp(-a))", ["a"], {}),
}

SCRIPT = """
import importlib, json, sys
import numpy as np
import tensorflow as tf

names = sys.argv[1:]
m = {name: importlib.import_module(name + "_tf") for name in names}
said = {}

def numbers(value):
    return np.asarray(value).tolist()

def tape(function, *arguments):
    tensors = [tf.constant(v, tf.float64) for v in arguments]
    with tf.GradientTape() as t:
        t.watch(tensors)
        value = function(*tensors)
    return numbers(value), [None if g is None else numbers(g) for g in t.gradient(value, tensors)]

x = [-1.0, 0.5, 2.0]; y = [0.0, 1.0, 0.25]
symbolic = m["sigmoid"].value_and_grad(0.3, -0.8, y, x)
said["symbolic"] = [numbers(v) for v in tf.nest.flatten(symbolic)]
said["value"] = tape(m["sigmoid"].value, 0.3, -0.8, y, x)
said["plain"] = tape(m["sigmoid"].plain, 0.3, -0.8, y, x)
said["recycled"] = tape(m["sigmoid"].value, 0.3, -0.8, y, 0.5)
said["number"] = tape(m["sigmoid"].value, 0.3, -0.8, 1.0, 0.5)
said["graph"] = tape(tf.function(m["sigmoid"].value), 0.3, -0.8, y, x)
shaped = tf.function(m["sigmoid"].value, input_signature=[tf.TensorSpec([], tf.float64)] * 2
                     + [tf.TensorSpec([None], tf.float64)] * 2)
said["unknown rows"] = tape(shaped, 0.3, -0.8, y, [0.5])

def second(function, a, *rest):
    a = tf.constant(a, tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(a)
        with tf.GradientTape() as inner:
            inner.watch(a)
            value = tf.reduce_sum(function(a, *rest))
        gradient = inner.gradient(value, a)
    return numbers(outer.gradient(gradient, a))

counts = (0.7, 1.3, [0.0, 1.0, 3.0])
said["counts"] = tape(m["counts"].value, *counts)
said["counts in a graph"] = tape(tf.function(m["counts"].value), *counts)
said["counts, plain in a graph"] = tape(tf.function(m["counts"].plain), *counts)
said["counts, both"] = [[numbers(v) for v in tf.nest.flatten(f(*counts))] for f in (
    m["counts"].value_and_grad, tf.function(m["counts"].value_and_grad))]

said["second"] = second(m["sigmoid"].value, 0.3, -0.8, y, x)
said["second of plain"] = second(m["sigmoid"].plain, 0.3, -0.8, y, x)
said["second of a branch"] = [second(m["leak"].value, a) for a in (-1.0, 0.0, 4.0)]
said["python numbers"] = m["sigmoid"].value(0.3, -0.8, 1, 2).dtype.name
said["float32"] = m["branch"].value(tf.constant(0.3), np.array([1.0, 2.0], np.float32)).dtype.name
said["array"] = m["sigmoid"].value(np.float32(0.3), 1, 2, np.ones(2, np.float32)).dtype.name
said["integers"] = numbers(m["sigmoid"].value(0, 0, tf.constant([1, 1]), tf.constant([2, 2])))

said["squares"] = tape(m["squares"].value, [0.5, 0.25], y, x)
said["branch"] = tape(m["branch"].value, 2.0, [-1.0, 1.0])
said["mixed"] = tape(m["mixed"].value, 0.7, x)
said["mixed plain"] = tape(m["mixed"].plain, 0.7, x)
said["constant"] = tape(m["constant"].value, 0.7)
said["special"] = tape(m["special"].value, 0.7, [1.0, 2.0])
said["special plain"] = tape(m["special"].plain, 0.7, [1.0, 2.0])

a, b = tf.Variable(0.1, dtype=tf.float64), tf.Variable(0.2, dtype=tf.float64)
@tf.function
def step():
    with tf.GradientTape() as t:
        loss = tf.reduce_sum(m["sigmoid"].value(a, b, y, x))
    gradients = t.gradient(loss, [a, b])
    for variable, gradient in zip([a, b], gradients):
        variable.assign_sub(0.1 * gradient)
    return loss
losses = [float(step()) for _ in range(50)]
said["falls"] = losses[-1] < losses[0] and all(p >= q for p, q in zip(losses, losses[1:]))

refused = {}
tried = {"a vector for a": ([1.0, 2.0], 1.0, y, x), "a matrix": (1.0, 1.0, [x], [x]),
         "lengths": (1.0, 1.0, y, x[:2])}
for label, arguments in tried.items():
    try:
        m["sigmoid"].value(*arguments)
        refused[label] = False
    except (ValueError, tf.errors.InvalidArgumentError):
        refused[label] = True
said["refused"] = refused
print("ANSWER" + json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the script found out."""
    folder: Path = tmp_path_factory.mktemp("tf")
    for name, (text, wrt, at) in MODELS.items():
        for file, source in compile_model(text, wrt=wrt, name=name, at=at).emit("tf").items():
            (folder / file).write_text(source, encoding="utf-8")
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py", *MODELS],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.partition("ANSWER")[2])


def close(got: Any, expected: Any) -> bool:
    import numpy as np

    return bool(np.allclose(got, expected, rtol=1e-13, atol=0.0))


def _sigmoid(x: list[float], y: list[float]) -> tuple[Any, list[Any]]:
    import numpy as np

    rows, data = np.array(x), np.array(y)
    p = 1 / (1 + np.exp(-(0.3 - 0.8 * rows)))
    slope = -2 * (data - p) * p * (1 - p)
    return (data - p) ** 2, [slope, slope * rows, 2 * (data - p), slope * -0.8]


X, Y = [-1.0, 0.5, 2.0], [0.0, 1.0, 0.25]


def test_the_symbolic_gradient_by_rows(said: Any) -> None:
    value, (ga, gb, _, _) = _sigmoid(X, Y)
    for got, expected in zip(said["symbolic"], [value, ga, gb], strict=True):
        assert close(got, expected)


@pytest.mark.parametrize("how", ["value", "plain", "graph"])
def test_any_tape_finds_cotangents_of_every_input(said: Any, how: str) -> None:
    value, (ga, gb, gy, gx) = _sigmoid(X, Y)
    got, cotangents = said[how]
    assert close(got, value)
    for one, expected in zip(cotangents, [ga.sum(), gb.sum(), gy, gx], strict=True):
        assert close(one, expected)


@pytest.mark.parametrize(("how", "shape"), [("recycled", 0), ("unknown rows", 1)])
def test_the_cotangent_of_a_recycled_datum_is_summed(said: Any, how: str, shape: int) -> None:
    value, (ga, gb, gy, gx) = _sigmoid([0.5] * 3, Y)
    got, cotangents = said[how]
    assert close(got, value)
    summed = [gx.sum()] if shape else gx.sum()
    for one, expected in zip(cotangents, [ga.sum(), gb.sum(), gy, summed], strict=True):
        assert close(one, expected)


def test_numbers_give_a_number(said: Any) -> None:
    value, (ga, gb, gy, gx) = _sigmoid([0.5], [1.0])
    got, cotangents = said["number"]
    assert close(got, value[0])
    assert close(cotangents, [ga[0], gb[0], gy[0], gx[0]])


def test_second_derivatives_go_through_the_attached_gradient(said: Any) -> None:
    assert close(said["second"], said["second of plain"])


def test_second_derivatives_do_not_leak_from_the_branch_not_taken(said: Any) -> None:
    assert close(said["second of a branch"], [2.0, 2.0, -0.25 * 4.0**-1.5])


def test_dtypes_follow_the_arguments(said: Any) -> None:
    assert said["python numbers"] == "float64"
    assert said["float32"] == said["array"] == "float32"
    assert said["integers"] == [0.25, 0.25]


def test_vectors_branches_and_reductions(said: Any) -> None:
    import numpy as np

    x, y = np.array(X), np.array(Y)
    residual = y - 0.5 - 0.25 * x
    value, (gb, gy, gx) = said["squares"]
    assert close(value, np.mean(residual**2))
    assert close(gb, [-2 * np.mean(residual), -2 * np.mean(residual * x)])
    assert close(gy, 2 * residual / 3)
    assert close(gx, -0.5 * residual / 3)
    assert close(said["branch"][0], [-2.0 + 1 / 3, 1 / 3])
    assert close(said["branch"][1][0], -1.0)
    assert close(said["branch"][1][1], [2.0, 2.0])
    assert close(said["mixed"][0], said["mixed plain"][0])
    for got, plain in zip(said["mixed"][1], said["mixed plain"][1], strict=True):
        assert close(got, plain)
    assert said["constant"] == [2.0, [0.0]]
    assert close(said["special"][0], said["special plain"][0])
    assert np.allclose(said["special"][1][0], said["special plain"][1][0], rtol=1e-12)


def test_a_number_before_a_tensor_is_no_float32_inside_of_a_tf_function(said: Any) -> None:
    assert close(said["counts"][0], said["counts in a graph"][0])
    for one, other in zip(said["counts"][1], said["counts in a graph"][1], strict=True):
        assert np.allclose(one, other, rtol=1e-12, equal_nan=True)
    assert np.isfinite(said["counts"][1][:2]).all()
    assert close(said["counts, plain in a graph"][0], said["counts"][0])
    both, graph = said["counts, both"]
    assert close(both, graph)
    assert close(both, [said["counts"][0], *said["counts"][1][:2]])


def test_variables_train_inside_a_tf_function(said: Any) -> None:
    assert said["falls"]


def test_what_does_not_fit_is_refused(said: Any) -> None:
    assert said["refused"] == {"a vector for a": True, "a matrix": True, "lengths": True}
