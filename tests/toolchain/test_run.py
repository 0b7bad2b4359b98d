"""Emitted programs in their real toolchains: numbers, exact transport, two threads, a fork."""

from __future__ import annotations

import math
import multiprocessing
import random
import struct
import threading
from pathlib import Path
from typing import Any

import pytest

from gradc import run as gradc_run
from gradc.run import Argument, Numbers, Program, ToolchainError

FIXTURES = Path(__file__).parent / "fixtures"
SUFFIX = {"r": ".R", "tmb": ".cpp", "numpy": "_numpy.py", "tf": "_tf.py"}
TARGETS = [
    "numpy",
    pytest.param("r", marks=pytest.mark.needs("r")),
    pytest.param("tmb", marks=pytest.mark.needs("tmb")),
    pytest.param("tf", marks=pytest.mark.needs("tf")),
]
KINDS = {
    "sigmoid": (("a", "param"), ("b", "param"), ("x", "data"), ("y", "data")),
    "ridge": (
        ("beta", "param"),
        ("lambda", "param"),
        ("u", "data"),
        ("v", "data"),
        ("y", "data"),
    ),
    "weights": (("W", "param"), ("c", "param"), ("X", "data")),
}


def arguments(*pairs: tuple[str, str]) -> tuple[Argument, ...]:
    return tuple(Argument(name, name, kind) for name, kind in pairs)


def from_text(target: str, name: str, text: str, *pairs: tuple[str, str], **more: Any) -> Program:
    return Program(target, name, {name + SUFFIX[target]: text}, arguments(*pairs), **more)


def fixture(target: str, name: str, **more: Any) -> Program:
    text = (FIXTURES / (name + SUFFIX[target])).read_text()
    return from_text(target, name, text, *KINDS[name], **more)


def numbers(answer: Numbers | ToolchainError) -> Numbers:
    assert isinstance(answer, Numbers), answer
    return answer


def close_to(got: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(close_to, got, expected))
    return math.isclose(got, expected, rel_tol=1e-14, abs_tol=1e-300)


def sigmoid_exact(a: float, b: float, x: float, y: float) -> tuple[float, float, float]:
    """Value, derivative with respect to the linear predictor, and second derivative."""
    p, q = 1 / (1 + math.exp(-(a + b * x))), 1 / (1 + math.exp(a + b * x))
    return (y - p) ** 2, -2 * (y - p) * p * q, 2 * p * q * (p * q - (y - p) * (q - p))


@pytest.mark.parametrize("target", TARGETS)
def test_value_gradient_and_hessian_of_rows(target: str) -> None:
    point = {"a": 0.1, "b": 0.2, "x": [1.0, 2.0, 3.5], "y": [0.0, 1.0, 1.0]}
    rows = list(zip(point["x"], point["y"], strict=True))
    exact = [sigmoid_exact(0.1, 0.2, x, y) for x, y in rows]
    program = fixture(target, "sigmoid", hessian=True, per_observation=True)
    (answer,) = map(numbers, gradc_run.run(program, [point]))
    assert close_to(answer.value, [value for value, _, _ in exact])
    by_row = {
        "a": [s for _, s, _ in exact],
        "b": [s * x for (_, s, _), (x, _) in zip(exact, rows, strict=True)],
    }
    assert answer.gradient_of_sum == (target == "tmb")
    if answer.gradient_of_sum:
        assert close_to(answer.gradient["b"], sum(by_row["b"]))
    else:
        assert close_to(answer.gradient["a"], by_row["a"])
        assert close_to(answer.gradient["b"], by_row["b"])
    cross = [k * x for (_, _, k), (x, _) in zip(exact, rows, strict=True)]
    assert answer.hessian is not None
    assert answer.hessian_of_sum == (target != "r")
    expected = sum(cross) if answer.hessian_of_sum else cross
    assert close_to(answer.hessian["a"]["b"], expected)
    assert close_to(answer.hessian["b"]["a"], expected)


@pytest.mark.parametrize("target", TARGETS)
def test_vector_parameter(target: str) -> None:
    point = {
        "beta": [1.0, -2.0],
        "lambda": 0.3,
        "u": [1.0, 2.0, 3.0],
        "v": [0.0, 1.0, -1.0],
        "y": [1.0, 2.0, 2.5],
    }
    (answer,) = map(numbers, gradc_run.run(fixture(target, "ridge", hessian=True), [point]))
    assert close_to(answer.value, 11.75)
    assert close_to(answer.gradient["beta"], [7.6, -10.2])
    assert close_to(answer.gradient["lambda"], 5.0)
    assert answer.hessian is not None
    assert close_to(answer.hessian["beta"]["beta"], [[28.6, -2.0], [-2.0, 4.6]])
    assert close_to(answer.hessian["beta"]["lambda"], [2.0, -4.0])
    assert close_to(answer.hessian["lambda"]["beta"], [2.0, -4.0])
    assert answer.hessian["lambda"]["lambda"] == 0.0
    assert not answer.gradient_of_sum


@pytest.mark.parametrize("target", TARGETS)
def test_matrix_parameter_and_matrix_data_keep_rows_and_columns(target: str) -> None:
    weights = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    point = {"W": weights, "c": 2.0, "X": [[1.0, 10.0, 100.0], [7.0, 70.0, 700.0]]}
    (answer,) = map(numbers, gradc_run.run(fixture(target, "weights", hessian=True), [point]))
    assert answer.value == 2 * (1 + 40 + 900 + 16 * 7 + 25 * 70 + 36 * 700)
    assert answer.gradient["W"] == [[4.0, 80.0, 1200.0], [112.0, 1400.0, 16800.0]]
    assert answer.gradient["c"] == answer.value / 2
    assert answer.hessian is not None
    block = answer.hessian["W"]["W"]
    assert block[0][2][0][2] == 400.0
    assert block[1][0][1][0] == 28.0
    assert block[1][0][0][1] == 0.0
    assert answer.hessian["c"]["W"] == [[2.0, 40.0, 600.0], [56.0, 700.0, 8400.0]]
    assert answer.hessian["W"]["c"] == answer.hessian["c"]["W"]


@pytest.mark.parametrize("target", TARGETS)
def test_one_row_is_a_row_where_it_is_declared(target: str) -> None:
    point = {"a": 5.0, "b": 3.5, "x": [2.5], "y": [6.5]}
    program = fixture(target, "sigmoid", per_observation=True)
    (answer,) = map(numbers, gradc_run.run(program, [point]))
    assert close_to(answer.value, [30.250011744732711])
    scalar = fixture("r" if target == "tmb" else target, "sigmoid")
    if scalar.target == "r":
        (answer,) = map(numbers, gradc_run.run(scalar, [point]))
        assert close_to(answer.value, 30.250011744732711)
        assert close_to(answer.gradient["b"], -2.936180327644603e-05)


@pytest.mark.needs("tf")
def test_witnesses_stand_beside_the_numbers() -> None:
    point = {"a": 0.1, "b": 0.2, "x": [1.0, 2.0], "y": [0.0, 1.0]}
    program = fixture("tf", "sigmoid")
    (answer,) = map(numbers, gradc_run.run(program, [point], witnesses=("tf-tape", "tf-custom")))
    assert answer.witness["tf-custom"].gradient == answer.gradient
    assert answer.witness["tf-tape"].value == answer.value
    assert close_to(answer.witness["tf-tape"].gradient["b"], answer.gradient["b"])
    (without,) = map(numbers, gradc_run.run(program, [point]))
    assert without.witness == {}


@pytest.mark.needs("tf")
def test_a_witness_that_fails_is_not_the_programs_failure() -> None:
    text = """from __future__ import annotations
import tensorflow as tf
def plain(a):
    return tf.math.betainc(a, tf.constant(2.0, tf.float64), tf.constant(0.5, tf.float64))
def value(a):
    return tf.floor(a)
def value_and_grad(a):
    return tf.floor(a), (tf.zeros_like(a),)
"""
    program = from_text("tf", "m", text, ("a", "param"))
    (answer,) = map(
        numbers, gradc_run.run(program, [{"a": 1.5}], witnesses=("tf-tape", "tf-custom"))
    )
    assert answer.value == 1.0
    # TensorFlow has no gradient of floor, and says so by giving none.
    assert answer.witness["tf-custom"].gradient == {"a": None}
    tape = answer.witness["tf-tape"]
    assert tape.error is not None or tape.gradient == {"a": None}


@pytest.mark.parametrize("target", ["numpy", pytest.param("tf", marks=pytest.mark.needs("tf"))])
def test_float32(target: str) -> None:
    point = {"a": 0.1, "b": 0.2, "x": [1.0], "y": [0.0]}
    program = fixture(target, "sigmoid", dtype="float32")
    (answer,) = map(numbers, gradc_run.run(program, [point]))
    assert isinstance(answer.value, list)
    (value,) = answer.value
    assert value == struct.unpack("f", struct.pack("f", value))[0]
    assert math.isclose(value, sigmoid_exact(0.1, 0.2, 1.0, 0.0)[0], rel_tol=1e-6)


def test_float32_is_refused_where_there_is_none() -> None:
    (answer,) = gradc_run.run(
        fixture("r", "sigmoid", dtype="float32"), [{"a": 1, "b": 1, "x": [1], "y": [1]}]
    )
    assert isinstance(answer, ToolchainError)
    assert answer.code == "G408"


ECHO = {
    "numpy": """from __future__ import annotations
import numpy as np
def value_and_grad(a, x):
    return x, (np.broadcast_to(a, x.shape),)
""",
    "r": """echo <- function(a, x) {
  gradient <- matrix(a, length(x), 1L, dimnames = list(NULL, "a"))
  structure(x, gradient = gradient)
}
""",
    "tf": """from __future__ import annotations
import tensorflow as tf
def value_and_grad(a, x):
    return tf.identity(x), (tf.tile(tf.reshape(a, [1]), tf.shape(x)),)
""",
    "tmb": """#include <TMB.hpp>
template<class Type>
Type objective_function<Type>::operator() ()
{
  DATA_VECTOR(x);
  PARAMETER(a);
  vector<Type> value = x;
  REPORT(value);
  return a;
}
""",
}


def nasty_doubles(count: int) -> list[float]:
    """Doubles of random bits, and those that are lost most easily."""
    generator = random.Random(20240229)  # noqa: S311 - reproducible, not secret
    bits = [generator.getrandbits(64) for _ in range(count // 2)]
    # Random bits are denormal once in two thousand; here half of the rest are.
    bits += [generator.getrandbits(52) | generator.getrandbits(1) << 63 for _ in bits]
    special = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.0**-1022]
    special += [1.7976931348623157e308, 0.1 + 0.2, 2.0**53 + 2.0]
    drawn = [struct.unpack("<d", struct.pack("<Q", word))[0] for word in bits]
    return special + drawn[: count - len(special)]


def same_bits(got: float, sent: float) -> bool:
    if math.isnan(sent):
        return math.isnan(got)
    return struct.pack("<d", got) == struct.pack("<d", sent)


@pytest.mark.parametrize("target", TARGETS)
def test_doubles_cross_exactly(target: str) -> None:
    sent = nasty_doubles(10_000)
    assert len(sent) == 10_000
    program = from_text(target, "echo", ECHO[target], ("a", "param"), ("x", "data"))
    (answer,) = map(numbers, gradc_run.run(program, [{"a": 0.5, "x": sent}]))
    assert isinstance(answer.value, list)
    assert all(map(same_bits, answer.value, sent))


@pytest.mark.parametrize("target", TARGETS)
def test_parameters_cross_exactly(target: str) -> None:
    sent = [x for x in nasty_doubles(60) if target != "tmb" or math.isfinite(x)]
    program = from_text(target, "echo", ECHO[target], ("a", "param"), ("x", "data"))
    answers = gradc_run.run(program, [{"a": a, "x": [1.0]} for a in sent])
    if target == "tmb":
        # Here the parameter is the objective; the reported rows are the datum.
        objective = ECHO["tmb"].replace("  REPORT(value);\n", "")
        program = from_text(target, "echo", objective, ("a", "param"), ("x", "data"))
        answers = gradc_run.run(program, [{"a": a, "x": [1.0]} for a in sent])
        assert all(same_bits(numbers(g).value, a) for g, a in zip(answers, sent, strict=True))
        return
    for answer, a in zip(map(numbers, answers), sent, strict=True):
        got = answer.gradient["a"]
        assert same_bits(got[0] if isinstance(got, list) else got, a)


def test_arrays_and_integers_are_values_too() -> None:
    import numpy as np

    program = fixture("numpy", "sigmoid")
    given = {"a": np.float64(0.1), "b": 1, "x": np.array([1.0, 2.0]), "y": (0, 1)}
    (answer,) = map(numbers, gradc_run.run(program, [given]))
    assert close_to(answer.value, [sigmoid_exact(0.1, 1, x, y)[0] for x, y in ((1, 0), (2, 1))])


def test_a_point_without_a_value_is_the_callers_mistake() -> None:
    program = fixture("numpy", "sigmoid")
    with pytest.raises(ValueError, match="no value for 'y'"):
        gradc_run.run(program, [{"a": 1.0, "b": 1.0, "x": [1.0]}])
    with pytest.raises(ValueError, match=r"'x'.*differ in length"):
        gradc_run.run(program, [{"a": 1.0, "b": 1.0, "x": [[1.0], [1.0, 2.0]], "y": [1.0]}])


def test_programs_do_not_see_each_other() -> None:
    text = "shared <- {}\nm <- function(a) structure(a * shared, gradient = {})\n"
    columns = 'matrix(shared, 1, 1, dimnames = list(NULL, "a"))'
    programs = [
        from_text("r", "m", text.format(factor, columns), ("a", "param")) for factor in (2, 3)
    ]
    for _ in range(2):
        values = [numbers(gradc_run.run(program, [{"a": 10.0}])[0]).value for program in programs]
        assert values == [20.0, 30.0]


def test_two_threads_at_once() -> None:
    program = fixture("numpy", "sigmoid")
    results: dict[int, list[Any]] = {}

    def work(start: int) -> None:
        points = [{"a": start + i, "b": 0.0, "x": [1.0], "y": [0.0]} for i in range(200)]
        results[start] = [numbers(answer).value for answer in gradc_run.run(program, points)]

    threads = [threading.Thread(target=work, args=(start,)) for start in (-300, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for start, values in results.items():
        expected = [[sigmoid_exact(start + i, 0, 1, 0)[0]] for i in range(200)]
        assert all(map(close_to, values, expected))


def _value_in_a_fork(queue: Any) -> None:
    answer = gradc_run.run(
        fixture("numpy", "sigmoid"), [{"a": 1.0, "b": 0.0, "x": [1.0], "y": [0.0]}]
    )
    queue.put(numbers(answer[0]).value)
    gradc_run.close()


def test_a_fork_starts_its_own_children() -> None:
    point = {"a": 1.0, "b": 0.0, "x": [1.0], "y": [0.0]}
    program = fixture("numpy", "sigmoid")
    before = numbers(gradc_run.run(program, [point])[0])
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    process = context.Process(target=_value_in_a_fork, args=(queue,))
    process.start()
    assert queue.get(timeout=60) == before.value
    process.join(60)
    assert numbers(gradc_run.run(program, [point])[0]) == before
