"""Python scripts as people write them, against real SymPy, NumPy and TensorFlow.

Each script is compiled as it is. What it builds with SymPy is differentiated there by SymPy and
evaluated to 30 digits; a numeric function is run with complex numbers, whose imaginary part of
1e-200 comes back as the derivative to full precision (Squire & Trapp 1998).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from python_script_cases import NUMERIC, SYMBOLIC, TENSORFLOW, Case

import gradc

TOLERANCE = 1e-12
ON_ALL_TARGETS = ("growth curve", "network in loops", "least squares", "a small network by hand")

_RUN = """
import contextlib, io, json, os

def names_of(script):
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script, space)
    return space
"""
_ANSWER = """
with open("cases.json", encoding="utf-8") as file:
    cases = json.load(file)
with open("answers.json", "w", encoding="utf-8") as file:
    json.dump([ask(case, names_of(case["script"])[case["model"]]) for case in cases], file)
"""
_SYMPY = """
import sympy

def ask(case, model):
    model = sympy.sympify(model)
    by_name = {str(symbol): symbol for symbol in model.free_symbols}
    at = {by_name[name]: value for name, value in case["at"].items()}
    slopes = {name: model.diff(by_name[name]).evalf(30, subs=at) for name in case["wrt"]}
    gradient = {name: float(slope) for name, slope in slopes.items()}
    return {"value": float(model.evalf(30, subs=at)), "gradient": gradient}
"""
_NUMPY = """
import cmath, sys, types
import numpy as np
import scipy.optimize  # before the math module is another one

STEP = 1e-200
of_complex = types.ModuleType("math")
vars(of_complex).update({n: getattr(cmath, n) for n in dir(cmath) if not n.startswith("_")})

def names_of(script, plain=names_of):
    import math
    sys.modules["math"] = of_complex
    try:
        return plain(script)
    finally:
        sys.modules["math"] = math

def ask(case, function):
    (name, start), *rest = case["at"].items()
    data = {n: np.array(v) if isinstance(v, list) else v for n, v in rest}
    start = np.array(start, dtype=complex)
    slopes = np.empty(start.shape)
    for place in np.ndindex(start.shape):
        moved = start.copy()
        moved[place] += STEP * 1j
        slopes[place] = np.imag(function(moved if moved.ndim else moved[()], **data)) / STEP
    value = function(start if start.ndim else start[()], **data)
    return {"value": float(np.real(value)), "gradient": {name: slopes.tolist()}}
"""
_TENSORFLOW = """
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

def ask(case, function):
    (name, start), *rest = case["at"].items()
    start = tf.constant(start, dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(start)
        value = function(start, **{n: tf.constant(v, dtype=tf.float64) for n, v in rest})
    slopes = tape.gradient(value, start)
    return {"value": float(value), "gradient": {name: slopes.numpy().tolist()}}
"""


def answers(cases: Sequence[Case], code: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Value and gradient of each case as the real libraries compute them, in one process."""
    asked = [{**vars(case), "at": dict(case.at)} for case in cases]
    (folder / "cases.json").write_text(json.dumps(asked), encoding="utf-8")
    (folder / "run.py").write_text(_RUN + code + _ANSWER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "run.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads((folder / "answers.json").read_text("utf-8"))
    return dict(zip((case.name for case in cases), found, strict=True))


def told(case: Case) -> dict[str, Any]:
    """The part of the point that the script has not in it."""
    return {} if case.is_own else dict(case.at)


def compiled(case: Case) -> gradc.Model:
    """The model of a script; only what cannot be known otherwise is told."""
    lengths = {n: v for n, v in told(case).items() if isinstance(v, list) and n in case.wrt}
    return gradc.compile(case.script, syntax="python", at=lengths or None, source_name=case.name)


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=TOLERANCE, abs=0)


def agrees(case: Case, expected: dict[str, Any]) -> None:
    model = compiled(case)
    assert model.wrt == case.wrt
    assert model.is_complete(told(case)), "the point of the script is not taken over"
    found = model.evaluate(told(case), target="numpy")
    assert found.value == close(expected["value"])
    assert list(found.gradient) == list(case.wrt)
    for name in case.wrt:
        assert found.gradient[name] == close(expected["gradient"][name]), name


@pytest.fixture(scope="module")
def of_sympy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return answers(SYMBOLIC, _SYMPY, tmp_path_factory.mktemp("sympy"))


@pytest.fixture(scope="module")
def of_numpy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return answers(NUMERIC, _NUMPY, tmp_path_factory.mktemp("numpy"))


@pytest.fixture(scope="module")
def of_tensorflow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return answers(TENSORFLOW, _TENSORFLOW, tmp_path_factory.mktemp("tensorflow"))


@pytest.mark.needs("sympy")
@pytest.mark.parametrize("case", SYMBOLIC, ids=lambda case: case.name)
def test_sympy_agrees(case: Case, of_sympy: dict[str, dict[str, Any]]) -> None:
    agrees(case, of_sympy[case.name])


@pytest.mark.parametrize("case", NUMERIC, ids=lambda case: case.name)
def test_numpy_agrees(case: Case, of_numpy: dict[str, dict[str, Any]]) -> None:
    agrees(case, of_numpy[case.name])


@pytest.mark.needs("tf")
@pytest.mark.parametrize("case", TENSORFLOW, ids=lambda case: case.name)
def test_tensorflow_agrees(case: Case, of_tensorflow: dict[str, dict[str, Any]]) -> None:
    agrees(case, of_tensorflow[case.name])


@pytest.mark.needs("r", "tmb", "tf", "sympy")
@pytest.mark.parametrize("name", ON_ALL_TARGETS)
def test_all_targets_agree(name: str) -> None:
    (case,) = (case for case in (*SYMBOLIC, *NUMERIC) if case.name == name)
    report = compiled(case).verify("all", points=3, at=dict(case.at))
    # A witness may have no answer to a model, which it says; a target and TensorFlow's tape have.
    silent = [
        s.name
        for s in report.sources
        if s.status in ("missing", "failed")
        or (s.status == "unsupported" and (s.kind != "witness" or s.name == "tf-tape"))
    ]
    assert silent == []
    assert report.verdict == "agree", report
