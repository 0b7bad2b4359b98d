"""Statistical models at many rows: emitted code against what one would write by hand."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.isolate import Failure, Missing, isolated, median_times, needed
from benchmarks.peers import rscript, tensorflow
from benchmarks.report import Report, figures, seconds

ROWS = 100_000
TOLERANCE = 1e-9
LIMIT = 600.0

_LOGISTIC = """
DATA_MATRIX(X)
DATA_VECTOR(y)
PARAMETER_VECTOR(beta, c(0.1, 0.4, -0.3, 0.7))
eta <- X %*% beta
-sum(dbinom(y, 1, plogis(eta), log = TRUE))
"""
_MIXTURE = """
DATA_VECTOR(y)
PARAMETER(lp, 0.3)
PARAMETER(m1, -0.5)
PARAMETER(m2, 2.2)
PARAMETER(s1, -0.1)
PARAMETER(s2, 0.3)
p <- plogis(lp)
l1 <- dnorm(y, m1, exp(s1), log = TRUE) + log(p)
l2 <- dnorm(y, m2, exp(s2), log = TRUE) + log(1 - p)
-sum(logspace_add(l1, l2))
"""


def logistic_by_hand(beta: Any, X: Any, y: Any) -> tuple[Any, tuple[Any, ...]]:  # noqa: N803
    """What NumPy's documentation leads one to: ``logaddexp`` and the logistic function."""
    eta = X @ beta
    value = np.sum(np.logaddexp(0.0, eta) - y * eta)
    return value, (X.T @ (1.0 / (1.0 + np.exp(-eta)) - y),)


def mixture_by_hand(
    lp: Any, m1: Any, m2: Any, s1: Any, s2: Any, y: Any
) -> tuple[Any, tuple[Any, ...]]:
    """Log-densities, ``logaddexp``, responsibilities, and their gradient on paper."""
    p = 1.0 / (1.0 + np.exp(-lp))
    z1, z2 = (y - m1) / np.exp(s1), (y - m2) / np.exp(s2)
    half = 0.5 * np.log(2.0 * np.pi)
    l1 = np.log(p) - 0.5 * z1**2 - s1 - half
    l2 = np.log(1.0 - p) - 0.5 * z2**2 - s2 - half
    total = np.logaddexp(l1, l2)
    r1, r2 = np.exp(l1 - total), np.exp(l2 - total)
    return -np.sum(total), (
        -np.sum(r1 * (1.0 - p) - r2 * p),
        -np.sum(r1 * z1) / np.exp(s1),
        -np.sum(r2 * z2) / np.exp(s2),
        -np.sum(r1 * (z1**2 - 1.0)),
        -np.sum(r2 * (z2**2 - 1.0)),
    )


def logistic_value(library: Any, beta: Any, X: Any, y: Any) -> Any:  # noqa: N803
    """The value alone, for a library that differentiates by itself."""
    eta = X @ beta
    return library.sum(library.logaddexp(0.0, eta) - y * eta)


def mixture_value(library: Any, lp: Any, m1: Any, m2: Any, s1: Any, s2: Any, y: Any) -> Any:
    """The value alone, for a library that differentiates by itself."""
    half = 0.5 * np.log(2.0 * np.pi)
    l1 = -library.logaddexp(0.0, -lp) - 0.5 * ((y - m1) / library.exp(s1)) ** 2 - s1 - half
    l2 = -library.logaddexp(0.0, lp) - 0.5 * ((y - m2) / library.exp(s2)) ** 2 - s2 - half
    return -library.sum(library.logaddexp(l1, l2))


@dataclass(frozen=True, slots=True)
class Fit:
    """One model: its text, what one writes by hand, and its parameters."""

    title: str
    text: str
    by_hand: Callable[..., Any]
    value: Callable[..., Any]
    parameters: Mapping[str, Any]


FITS = {
    "logistic": Fit(
        "logistic regression, 4 columns",
        _LOGISTIC,
        logistic_by_hand,
        logistic_value,
        {"beta": [0.1, 0.4, -0.3, 0.7]},
    ),
    "mixture": Fit(
        "mixture of two normals",
        _MIXTURE,
        mixture_by_hand,
        mixture_value,
        {"lp": 0.3, "m1": -0.5, "m2": 2.2, "s1": -0.1, "s2": 0.3},
    ),
}


def _data(key: str, rows: int) -> dict[str, Any]:
    draw = np.random.default_rng(4)
    if key == "mixture":
        first = draw.random(rows) < 0.57
        return {"y": np.where(first, draw.normal(-0.5, 0.9, rows), draw.normal(2.2, 1.3, rows))}
    design = np.column_stack([np.ones(rows), draw.normal(size=(rows, 3))])
    chance = 1.0 / (1.0 + np.exp(-design @ np.array(FITS[key].parameters["beta"])))
    return {"X": design, "y": (draw.random(rows) < chance).astype(float)}


def _model(key: str) -> Any:
    from gradc.model import compile as compile_model

    fit = FITS[key]
    return compile_model(fit.text, at=dict(fit.parameters), name="model")


def _module(key: str, target: str) -> ModuleType:
    module = ModuleType("emitted")
    text = max(_model(key).emit(target).values(), key=len)
    exec(compile(text, "emitted", "exec"), module.__dict__)  # noqa: S102
    return module


def _check(expected: Any, found: Any) -> None:
    ours = np.concatenate([np.ravel(part) for part in (expected[0], *expected[1])])
    theirs = np.concatenate([np.ravel(np.asarray(part)) for part in (found[0], *found[1])])
    worst = np.max(np.abs(ours - theirs)) / np.max(np.abs(ours))
    if not worst <= TOLERANCE:
        raise ValueError(f"the numbers differ by {worst:.1e}")


def run_python(key: str, rows: int, budget: float) -> dict[str, Any]:
    """NumPy by hand, emitted NumPy, JAX and emitted TensorFlow in one process."""
    fit = FITS[key]
    data = _data(key, rows)
    start = {name: np.asarray(value)[()] for name, value in fit.parameters.items()}
    calls: dict[str, Callable[[], Any]] = {
        "hand": partial(fit.by_hand, **start, **data),
        "numpy": partial(_module(key, "numpy").value_and_grad, **start, **data),
    }
    expected = calls["hand"]()
    _check(expected, calls["numpy"]())
    failed: dict[str, list[str]] = {}
    for name, make in (("jax", _jax_call), ("tf", _tf_call)):
        try:
            calls[name] = make(key, start, data)
            _check(expected, calls[name]())
        except Missing as error:
            calls.pop(name, None)
            failed[name] = [str(part) for part in error.args]
    return {**median_times(calls, budget, time.perf_counter), **failed}


def _jax_call(key: str, start: Mapping[str, Any], data: Mapping[str, Any]) -> Callable[[], Any]:
    jax = needed("jax", "pip install -e '.[bench]'")
    jax.config.update("jax_enable_x64", True)
    fit, names = FITS[key], list(start)

    def value(*arguments: Any) -> Any:
        named = dict(zip([*names, *data], arguments, strict=True))
        return fit.value(jax.numpy, **named)

    both = jax.jit(jax.value_and_grad(value, argnums=tuple(range(len(names)))))
    arguments = [jax.numpy.asarray(v) for v in (*start.values(), *data.values())]
    return lambda: jax.block_until_ready(both(*arguments))


def _tf_call(key: str, start: Mapping[str, Any], data: Mapping[str, Any]) -> Callable[[], Any]:
    tf = tensorflow()
    module = _module(key, "tf")
    both = tf.function(module.value_and_grad)
    arguments = [tf.constant(v, tf.float64) for v in (*start.values(), *data.values())]
    return lambda: both(*arguments)


def run_r(key: str, rows: int, budget: float) -> dict[str, Any]:
    """Emitted R, and the emitted TMB template through its driver."""
    program = rscript()
    model, data = _model(key), _data(key, rows)
    script = Path(__file__).parents[1] / "models_evaluate.R"
    with tempfile.TemporaryDirectory(prefix="gradc-bench-") as folder:
        for target in ("r", "tmb"):
            for name, text in model.emit(target).items():
                Path(folder, name).write_text(text, encoding="utf-8")
        np.savetxt(Path(folder, "data.csv"), data["y"], "%.17g", header="y", comments="")
        if "X" in data:
            head = ",".join(f"x{k}" for k in range(data["X"].shape[1]))
            np.savetxt(Path(folder, "X.csv"), data["X"], "%.17g", ",", header=head, comments="")
        done = subprocess.run(
            [program, "--vanilla", script, folder, str(budget)],
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
        )
    if done.returncode:
        raise RuntimeError(" ".join(done.stderr.split())[-160:])
    in_r, in_tmb, *values = map(float, done.stdout.split()[-4:])
    start = {name: np.asarray(value)[()] for name, value in FITS[key].parameters.items()}
    expected = FITS[key].by_hand(**start, **data)[0]
    if not all(abs(value - expected) <= TOLERANCE * abs(expected) for value in values):
        raise ValueError(f"{values} are not {expected}")
    return {"r": in_r, "tmb": in_tmb}


def show_models(keys: list[str], quick: bool) -> None:
    """Print the table."""
    rows = ROWS // 10 if quick else ROWS
    budget = 0.3 if quick else 1.5
    ways = {"hand": "by hand", "numpy": "numpy", "r": "r", "tmb": "tmb", "jax": "JAX", "tf": "tf"}
    report = Report(
        f"models at {rows:,} rows: value and gradient, numbers checked equal",
        ["", *ways.values(), "numpy/by hand"],
    )
    for key, fit in FITS.items():
        found: dict[str, Any] = {}
        for job, owns in ((run_python, ("hand", "numpy", "jax", "tf")), (run_r, ("r", "tmb"))):
            result = isolated(job, LIMIT, keep_memory=True, key=key, rows=rows, budget=budget)
            for way in owns:
                found[way] = result if isinstance(result, Failure) else result[way]
        cells = [_cell(report, ways[way], found[way]) for way in ways]
        known = isinstance(found["hand"], float) and isinstance(found["numpy"], float)
        ratio = f"{figures(found['numpy'] / found['hand'])} ×" if known else "–"
        report.row(fit.title, *cells, ratio)
    report.note(
        "Seconds on the clock. By hand: NumPy with logaddexp and the gradient worked out on\n"
        "paper. numpy, r, tmb and tf are emitted; tf in tf.function, JAX jitted, both in float64."
    )
    report.show()


def _cell(report: Report, who: str, found: Any) -> str:
    if isinstance(found, Failure):
        return report.failure(who, found)
    if isinstance(found, list):
        return report.failure(who, Failure(*found[:2]))
    return seconds(found)
