"""Emitted Keras models in real Keras, in processes of their own: fitted, saved, loaded anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradc.model import Model
from gradc.model import compile as compile_model

pytestmark = pytest.mark.needs("keras", "tf")

NETWORK = """
DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER_MATRIX(W1, matrix(c(0.1, -0.2, 0.3, 0.4, 0.5, -0.6), 3, 2))
PARAMETER_VECTOR(b1, c(0.25, -0.125))
PARAMETER_VECTOR(w2, c(0.7, -1.5))
PARAMETER(b2, 0.1)
fitted <- b2 + tanh(X %*% W1 + outer(rep(1, nrow(X)), b1)) %*% w2
mean((y - fitted)^2) + 1e-3*(sum(W1^2) + sum(w2^2))
"""
GROUPS = """
DATA_VECTOR(y)
DATA_IVECTOR(group)
DATA_SCALAR(width)
PARAMETER(mu, 0.5)
PARAMETER(log_sigma, 0.25, upper = 0.3)
PARAMETER_VECTOR(u, c(0.2, -0.1, 0.3), random = TRUE)
eta <- mu + u[group]
REPORT(eta)
-sum(dnorm(y, eta, exp(log_sigma), log = TRUE)) - sum(dnorm(u, 0, width, log = TRUE))
"""
LAGS = """
DATA_VECTOR(y)
PARAMETER(phi, 0.5)
sum((y[-1] - phi*y[-length(y)])^2)
"""
LAYERS = """
deriv(~ (y - (c0 + c1*(1/(1 + exp(-(b1 + w11*x1 + w12*x2))))
              + c2*(1/(1 + exp(-(b2 + w21*x1 + w22*x2))))))^2,
      c("c0", "c1", "c2", "b1", "w11", "w12", "b2", "w21", "w22"))
"""
MODELS: dict[str, tuple[str, list[str] | None]] = {
    "neuron": ("(y - 1/(1 + exp(-(a + b*x))))^2", ["a", "b"]),
    "network": (NETWORK, None),
    "layers": (LAYERS, None),
    "groups": (GROUPS, None),
    "decay": ("sum((y - top*exp(-rate*x))^2)/2", ["top", "rate"]),
    "lags": (LAGS, None),
    "valley": ("100*(x2 - x1^2)^2 + (1 - x1)^2", ["x1", "x2"]),
}
X = np.linspace(-2.0, 2.0, 12)
Y = np.cos(3.0 * X) / 4.0 + 0.5
MATRIX = np.stack([X, X**2 - 1.0, np.sin(5.0 * X)], axis=1)
DATA: dict[str, dict[str, Any]] = {
    "neuron": {"y": Y, "x": X},
    "network": {"y": Y, "X": MATRIX},
    "layers": {"y": Y, "x1": X, "x2": X**2},
    "groups": {"y": Y, "group": np.arange(12) % 3 + 1, "width": 0.75},
    "decay": {"y": Y, "x": X},
    "lags": {"y": Y},
    "valley": {},
}
START: dict[str, dict[str, Any]] = {
    "neuron": {"a": 5.0, "b": 3.5},
    "network": {},
    "layers": dict(
        zip(
            ["c0", "c1", "c2", "b1", "w11", "w12", "b2", "w21", "w22"],
            np.arange(9) / 4 - 1,
            strict=True,
        )
    ),
    "groups": {},
    "decay": {"top": 1.5, "rate": 0.3},
    "lags": {},
    "valley": {"x1": -1.25, "x2": 1.5},
}

COMMON = """
import importlib, json, sys
import numpy as np
import tensorflow as tf
import keras

given = json.load(open("given.json"))
M, said = {}, {}
for name in given:
    module = importlib.import_module(name + "_keras")
    M[name] = getattr(module, name.capitalize() + "Model")

def data(name, leave=None):
    return {k: np.array(v) for k, v in given[name]["data"].items() if k != leave}

def plain(values):
    return {k: np.asarray(v).tolist() for k, v in values.items()}

def gradient(model, batch):
    with tf.GradientTape() as tape:
        value = model.objective(batch)
    found = tape.gradient(value, [w.value for w in model.trainable_weights])
    return float(value), plain(model.layer.by_parameter(found))

def refuses(call):
    try:
        call()
    except (ValueError, TypeError) as error:
        return str(error)
    return None
"""

FIRST = (
    COMMON
    + """
RATE = 2.0**-12
for name in given:
    start = given[name]["start"]
    entry = said[name] = {}
    model = M[name](**start)
    entry["before"] = plain(model.estimates())
    entry["gradient"] = gradient(model, data(name))
    entry["single"] = gradient(M[name](**start, dtype="float32"), data(name))
    model.compile(optimizer=keras.optimizers.SGD(RATE))
    entry["history"] = model.fit(data(name), epochs=1, verbose=0).history["loss"]
    entry["after"] = plain(model.estimates())
    model.compile(optimizer="SGD")
    entry["SGD"] = model.fit(data(name), epochs=2, verbose=0).history["loss"]
    entry["saved"] = plain(model.estimates())
    entry["output"] = np.asarray(model.predict(data(name), verbose=0)).tolist()
    model.save(name + ".keras")
    if "y" in data(name) and name != "lags":
        full = data(name)
        parts = []
        for first in range(0, 12, 3):
            batch = {k: v[first:first + 3] if v.shape else v for k, v in full.items()}
            parts.append(gradient(model, {**batch, "rows": np.array([12])}))
        entry["parts"], entry["whole"] = parts, gradient(model, full)
        history = model.fit(full, batch_size=5, epochs=2, verbose=0).history["loss"]
        entry["batches"] = bool(np.isfinite(history).all())

x, y = data("neuron")["x"], data("neuron")["y"]
one, other = M["neuron"](a=0.5, b=-1.0), M["neuron"](a=0.5, b=-1.0)
for model in (one, other):
    model.compile(optimizer="SGD", metrics=["mae"])
one.fit(x, y, epochs=3, verbose=0, validation_data=(x, y))
other.fit({"x": x, "y": y}, epochs=3, verbose=0)
said["two ways"] = [plain(one.estimates()), plain(other.estimates())]
said["fitted"] = one.predict({"x": x}, verbose=0).tolist()

model = M["groups"](log_sigma=0.29)
model.compile(optimizer="SGD")
model.fit(data("groups") | {"y": 50.0 * y}, verbose=0)
said["bound"] = plain(model.estimates())["log_sigma"]
said["report"] = np.asarray(model.report(data("groups"))["eta"]).tolist()
said["drawn"] = [plain(M[n]().estimates()) for n in ("neuron", "decay")]
said["types"] = sorted({type(l).__name__ for l in M["network"]()._flatten_layers()})

layers = importlib.import_module("decay_keras").DecayLayer(top=1.5, rate=0.5)
inputs = keras.Input((1,), dtype="float64")
scaled = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", dtype="float64")
outputs = layers({"x": keras.layers.Reshape((), dtype="float64")(scaled(inputs))})
chain = keras.Model(inputs, outputs)
with tf.GradientTape() as tape:
    total = tf.reduce_sum(chain(x[:, None]))
found = tape.gradient(total, [w.value for w in chain.trainable_weights])
said["chain"] = [float(total), *(float(np.squeeze(g)) for g in found)]
chain.save("chain.keras")
again = keras.saving.load_model("chain.keras")
said["chain again"] = float(tf.reduce_sum(again(x[:, None])))

lags = M["lags"]()
lags.compile(optimizer="SGD")
neuron = M["neuron"](a=0.0, b=0.0)
neuron.compile(optimizer="SGD")
batches = tf.data.Dataset.from_tensor_slices(data("neuron")).batch(4)
said["refused"] = {
    "batches of what is no sum": refuses(lambda: lags.fit(data("lags"), batch_size=4, verbose=0)),
    "missing": refuses(lambda: neuron.fit({"y": y}, verbose=0)),
    "uneven": refuses(lambda: neuron.fit(x[:5], y, verbose=0)),
    "gap": refuses(lambda: neuron.fit(np.where(x > 1, np.nan, x), y, verbose=0)),
    "untold": refuses(lambda: neuron.fit(batches, verbose=0)),
    "weights": refuses(lambda: neuron.compute_loss(data("neuron"), None, x, sample_weight=x)),
}
json.dump(said, open("said.json", "w"))
"""
)

SECOND = (
    COMMON
    + """
for name in given:
    model = keras.saving.load_model(name + ".keras")
    output = np.asarray(model.predict(data(name), verbose=0)).tolist()
    config = model.get_config()
    again = M[name].from_config(config)
    said[name] = [plain(model.estimates()), output, plain(again.estimates())]
    model.fit(data(name), verbose=0)
json.dump(said, open("loaded.json", "w"))
"""
)


def _model(name: str) -> Model:
    text, wrt = MODELS[name]
    return compile_model(text, wrt=wrt, name=name)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: np.asarray(value).tolist() for key, value in values.items()}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What both scripts found out."""
    folder: Path = tmp_path_factory.mktemp("keras")
    given = {}
    for name in MODELS:
        for file, source in _model(name).emit("keras").items():
            (folder / file).write_text(source, encoding="utf-8")
        given[name] = {"data": _plain(DATA[name]), "start": _plain(START[name])}
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    for script in (FIRST, SECOND):
        (folder / "script.py").write_text(script, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "script.py"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    loaded = json.loads((folder / "loaded.json").read_text(encoding="utf-8"))
    return {**found, "loaded": loaded}


def _expected(name: str) -> tuple[float, dict[str, Any]]:
    """Objective and gradient by the NumPy target."""
    model = _model(name)
    point = {**DATA[name], **START[name]}
    found = model.evaluate({k: np.asarray(v).tolist() for k, v in point.items()})
    gradient = {k: np.asarray(v) for k, v in found.gradient.items()}
    if model.function_.per_observation:
        gradient = {k: v.sum(axis=0) for k, v in gradient.items()}
    return float(np.sum(found.value)), gradient


def _close(got: Any, expected: Any, rtol: float) -> bool:
    return bool(np.allclose(got, expected, rtol=rtol, atol=rtol * np.max(np.abs(expected))))


@pytest.mark.parametrize("name", MODELS)
def test_weights_start_at_the_initial_values(said: Any, name: str) -> None:
    starts = {p.name: p for p in _model(name).function_.params}
    for key, value in said[name]["before"].items():
        wanted = START[name].get(key, starts[key].default)
        assert np.ravel(value, order="F").tolist() == np.ravel(wanted).tolist()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("how", "rtol"), [("gradient", 1e-13), ("single", 2e-5)])
def test_a_tape_gives_the_gradient(said: Any, name: str, how: str, rtol: float) -> None:
    value, gradient = _expected(name)
    got, tape = said[name][how]
    assert _close(got, value, rtol)
    for key, expected in gradient.items():
        assert _close(tape[key], expected, rtol), key


@pytest.mark.parametrize("name", MODELS)
def test_a_step_of_fit_goes_down_the_gradient(said: Any, name: str) -> None:
    before, after = said[name]["before"], said[name]["after"]
    value, gradient = _expected(name)
    assert np.isclose(said[name]["history"][0], value, rtol=1e-6)
    for key, slope in gradient.items():
        wanted = np.array(before[key]) - 2.0**-12 * slope
        if name == "groups" and key == "log_sigma":
            wanted = np.minimum(wanted, 0.3)
        assert np.allclose(after[key], wanted, rtol=1e-14, atol=1e-15), key


def test_sgd_by_name_and_an_objective_that_falls(said: Any) -> None:
    for name in ("neuron", "network", "decay", "layers"):
        first, second = said[name]["SGD"]
        assert second < first, name


@pytest.mark.parametrize("name", ["neuron", "network", "layers", "groups", "decay"])
def test_batches_are_unbiased(said: Any, name: str) -> None:
    value, gradient = said[name]["whole"]
    assert np.isclose(np.mean([part for part, _ in said[name]["parts"]]), value, rtol=1e-13)
    for key, expected in gradient.items():
        mean = np.mean([part[key] for _, part in said[name]["parts"]], axis=0)
        assert np.allclose(mean, expected, rtol=1e-11, atol=1e-13), key
    assert said[name]["batches"]


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_is_the_same_model(said: Any, name: str) -> None:
    estimates, output, again = said["loaded"][name]
    assert estimates == said[name]["saved"]
    assert output == said[name]["output"]
    assert again == said[name]["before"]


def test_fit_takes_the_response_apart_as_keras_does(said: Any) -> None:
    one, other = said["two ways"]
    assert one == other
    fitted = 1 / (1 + np.exp(-(one["a"] + one["b"] * X)))
    assert np.allclose(said["fitted"], fitted, rtol=1e-14)


def test_the_layer_stands_among_others(said: Any) -> None:
    """The gradient goes on through the data to the layers before it."""
    fitted = 1.5 * np.exp(-0.5 * X)
    slopes = [-0.5 * X * fitted, fitted / 1.5, -X * fitted]
    expected = [fitted.sum(), *(slope.sum() for slope in slopes)]
    assert np.allclose(said["chain"], expected, rtol=1e-13)
    assert said["chain again"] == said["chain"][0]


def test_bounds_reports_and_weights_without_a_start(said: Any) -> None:
    assert said["bound"] == 0.3
    assert len(said["report"]) == 12
    assert all(isinstance(v, float) and v for one in said["drawn"] for v in one.values())


def test_a_network_is_made_of_dense_layers(said: Any) -> None:
    assert said["types"] == ["Dense", "NetworkLayer", "NetworkModel"]
    for name, count in {"neuron": 1, "network": 2, "layers": 2, "decay": 0}.items():
        (text,) = _model(name).emit("keras").values()
        assert text.count("keras.layers.Dense(") == count
        assert "Lambda" not in text


def test_what_does_not_fit_is_refused(said: Any) -> None:
    words = {
        "batches of what is no sum": "leave batch_size away",
        "missing": "the data have no x",
        "uneven": "x must have 12 rows",
        "gap": "x has missing values",
        "untold": "the number of all rows",
        "weights": "no sample weights",
    }
    for label, message in words.items():
        assert message in (said["refused"][label] or ""), label


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", MODELS)
def test_the_oracle_agrees(name: str, dtype: str) -> None:
    report = _model(name).verify("keras", witnesses="none", points=4, dtype=dtype)
    assert report.verdict in ("agree", "inconclusive"), report
    assert [s.status for s in report.sources if s.name == "keras"] == ["agree"], report
