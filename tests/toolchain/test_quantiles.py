"""Quantiles that emitted NumPy and TensorFlow find themselves: against R, in graphs, on tapes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributions import FLAGS, flagged
from flint import arb, ctx
from rscript import printed_by_r

from gradc.model import compile as compile_model
from gradc.verify import true_values

COUNTS = {
    "qpois(p, a)": "ppois(k, a)",
    "qbinom(p, a, b)": "pbinom(k, a, b)",
    "qnbinom(p, a, b)": "pnbinom(k, a, b)",
    "qgeom(p, b)": "pgeom(k, b)",
}
SMOOTH = ("qgamma(p, a, rate = b)", "qbeta(p, a, b)", "qt(p, a)", "qf(p, a, b)", "qchisq(p, b)")
_ROWS = 150


def draws(count: bool, seed: int) -> dict[str, np.ndarray]:
    """Shapes, probabilities in the middle and far out, and counts around the mean."""
    g = np.random.default_rng(seed)
    near, far = g.uniform(size=_ROWS), 10 ** g.uniform(-13, 0, _ROWS)
    p = np.where(g.random(_ROWS) < 0.5, near, far)
    if not count:
        return {"p": p, "a": 10 ** g.uniform(-1, 3, _ROWS), "b": 10 ** g.uniform(-1, 3, _ROWS)}
    a, b = np.ceil(10 ** g.uniform(0, 3, _ROWS)), g.uniform(0.02, 0.98, _ROWS)
    return {"p": p, "a": a, "b": b, "z": g.normal(size=_ROWS)}


def hexadecimal(values: np.ndarray) -> str:
    return f"c({', '.join(float(v).hex() for v in values)})"


def r_lines(call: str, columns: dict[str, np.ndarray]) -> list[str]:
    """R's code that prints p and its quantile: drawn ones, then steps of counts themselves."""
    lines = [f"{name} <- {hexadecimal(column)}" for name, column in columns.items()]
    if call in COUNTS:
        mean = {"qpois": "a", "qbinom": "a*b", "qnbinom": "a*(1 - b)/b", "qgeom": "(1 - b)/b"}
        lines += [f"m <- {mean[call[: call.index('(')]]}"]
        lines += ["k <- pmax(0, floor(m + 2*z*sqrt(m)))"]
        lines += ["k <- pmin(k, a - 1)"] if call.startswith("qbinom") else []
    for lower, log in FLAGS:
        drawn = f"{'log(d)' if log else 'd'}"
        lines += ["d <- p", f"show(with(list(p = {drawn}), cbind(p, {flagged(call, lower, log)})))"]
        if call in COUNTS:
            step = flagged(COUNTS[call], lower, log)
            whole = flagged(call, lower, log)
            lines += [f"show(with(list(p = {step}), cbind(p, {whole})))"]
    return lines


@pytest.fixture(scope="module")
def by_r() -> dict[str, list[Any]]:
    """For every call, R's probabilities and quantiles, one table for each pair of flags."""
    code = ["show <- function(x) cat(sprintf('%a', c(x)), '\\n')"]
    calls = [*COUNTS, *SMOOTH]
    for seed, call in enumerate(calls):
        code += r_lines(call, draws(call in COUNTS, seed))
    rows = [
        np.array([float("nan") if t == "NaN" else float.fromhex(t) for t in line.split()])
        for line in printed_by_r(code).splitlines()
    ]
    found: dict[str, list[Any]] = {}
    for call in calls:
        each = 2 if call in COUNTS else 1
        found[call] = []
        for _ in FLAGS:
            parts = [rows.pop(0).reshape(2, -1) for _ in range(each)]
            found[call].append(np.concatenate(parts, axis=1))
    return found


def arguments(call: str, seed: int, table: Any) -> dict[str, list[float]]:
    columns = draws(call in COUNTS, seed)
    repeat = table.shape[1] // _ROWS
    return {"p": table[0].tolist()} | {
        name: np.tile(columns[name], repeat).tolist() for name in ("a", "b")
    }


def emitted(call: str, lower: bool, log: bool, target: str, name: str) -> dict[str, str]:
    """A program whose value is the quantile, one a row."""
    text = f"u*{flagged(call, lower, log)} + 0*a*b"
    return compile_model(text, wrt=["u"], name=name).emit(target)


TF_SCRIPT = """
import importlib, json
import tensorflow as tf

asked = json.load(open("asked.json"))
said = {}
for name, given in asked.items():
    module = importlib.import_module(name + "_tf")
    value = lambda **data: module.value(tf.constant(1.0, tf.float64), **data)
    data = {key: tf.constant(column, tf.float64) for key, column in given.items()}
    said[name] = value(**data).numpy().tolist()
print("ANSWER" + json.dumps(said))
"""


def by_tf(folder: Path, asked: dict[str, Any], script: str) -> Any:
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
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
    return json.loads(done.stdout.partition("ANSWER")[2])


def by_numpy(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, data in asked.items():
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}_numpy.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        given = {key: np.array(column) for key, column in data.items()}
        found[name] = module.value(1.0, **given)
    return found


@pytest.mark.needs("r")
@pytest.mark.parametrize("target", ["numpy", pytest.param("tf", marks=pytest.mark.needs("tf"))])
def test_a_random_grid_is_rs(target: str, by_r: dict[str, list[Any]], tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    for seed, call in enumerate([*COUNTS, *SMOOTH]):
        for place, (flags, table) in enumerate(zip(FLAGS, by_r[call], strict=True)):
            name = f"{call[: call.index('(')]}{place}"
            for file, text in emitted(call, *flags, target, name).items():
                (tmp_path / file).write_text(text, encoding="utf-8")
            asked[name] = arguments(call, seed, table)
    said = by_numpy(tmp_path, asked) if target == "numpy" else by_tf(tmp_path, asked, TF_SCRIPT)
    wrong = []
    for call in [*COUNTS, *SMOOTH]:
        for place, (flags, table) in enumerate(zip(FLAGS, by_r[call], strict=True)):
            name = f"{call[: call.index('(')]}{place}"
            got, expected = np.array(said[name]), table[1]
            same = got == expected
            if call in SMOOTH:
                same |= np.abs(got - expected) <= 1e-9 * np.abs(expected)
            for row in np.flatnonzero(~same):
                at = {key: column[row] for key, column in asked[name].items()}
                # R's qt and qf lose digits, or all of them, for few degrees of freedom.
                if call in COUNTS or not is_true(flagged(call, *flags), at, got[row]):
                    wrong.append((call, flags, at, got[row], expected[row]))
    assert wrong == []


def is_true(call: str, at: dict[str, float], got: float) -> bool:
    """Whether ball arithmetic says the same as a target."""
    model = compile_model(f"{call} + 0*a*b", wrt=["a"])
    (cell,) = true_values(model.stages.value, at).cells["value"]
    with ctx.workprec(200):
        return bool(abs(arb(float(got)) - cell) <= abs(cell) * arb("1e-9") + arb("1e-300"))


TAPED = {
    "of_gamma": "qgamma(p, a, lower.tail = FALSE)",
    "of_beta": "qbeta(p, a, b, log.p = TRUE)",
    "of_t": "qt(p, a)",
    "of_counts": "qpois(p, a) + b*p",
}
TAPE_SCRIPT = """
import importlib, json
import numpy as np
import tensorflow as tf

def answers(function, given, dtype):
    x = tf.constant(given, dtype)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = function(*tf.unstack(x))
        first = inner.gradient(value, x)
        part = tf.reduce_sum(first)
    second = outer.gradient(part, x)
    return [np.float64(v).tolist() for v in (value, first, second)]

said = {}
for name, given in json.load(open("asked.json")).items():
    module = importlib.import_module(name + "_tf")
    said[name] = [answers(module.value, given, tf.float64)]
    said[name] += [answers(module.plain, given, tf.float64)] if name != "of_counts" else []
    graph = tf.function(module.value)
    said[name] += [[graph(*map(tf.constant, map(np.float64, given))).numpy().tolist()]]
    said[name] += [[float(module.value(*map(tf.constant, map(np.float32, given))))]]
print("ANSWER" + json.dumps(said))
"""


@pytest.mark.needs("tf")
def test_tapes_graphs_and_single_precision(tmp_path: Path) -> None:
    at = {
        "of_gamma": [0.3, 2.5],
        "of_beta": [-0.8, 2.5, 6.0],
        "of_t": [0.9, 4.5],
        "of_counts": [0.6, 7.5, 2.0],
    }
    expected: dict[str, Any] = {}
    for name, call in TAPED.items():
        names = ["p", "a", "b"][: len(at[name])]
        model = compile_model(call, wrt=names, name=name)
        for file, text in model.emit("tf").items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        point = dict(zip(names, at[name], strict=True))
        expected[name] = truth(call, names, point)
    for name, said in by_tf(tmp_path, at, TAPE_SCRIPT).items():
        value, first, second = expected[name]
        *taped, graph, single = said
        for one in taped:
            assert np.allclose(one[0], value, rtol=1e-12, atol=0), name
            assert np.allclose(one[1], first, rtol=1e-10, atol=0), name
            assert np.allclose(one[2], second, rtol=1e-8, atol=1e-12), name
        assert np.allclose(graph[0], value, rtol=1e-12, atol=0), name
        assert np.allclose(single[0], value, rtol=1e-6, atol=0), name


def truth(call: str, names: list[str], at: dict[str, float]) -> tuple[float, Any, Any]:
    """The value, its gradient and the sums of the rows of its Hessian, as NumPy has them."""
    found = compile_model(call, wrt=names).evaluate(at, hessian=True)
    hessian = found.hessian
    assert hessian is not None
    rows = [sum(float(hessian[one][other]) for other in names) for one in names]
    return float(found.value), [float(found.gradient[name]) for name in names], rows
