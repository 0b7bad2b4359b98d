"""Evaluation of value and gradient: emitted code against each ecosystem's own way."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.isolate import Failure, deeply, isolated, median_times
from benchmarks.peers import casadi, rscript, symbols, sympy, tensorflow
from benchmarks.report import Report, figures, seconds
from benchmarks.workloads import WORKLOADS
from benchmarks.workloads.workload import Point

TOLERANCE = 1e-9
LIMIT = 120.0


@dataclass(frozen=True, slots=True)
class Case:
    """One model and the number of rows that it is evaluated at."""

    key: str
    size: int
    rows: int

    @property
    def label(self) -> str:
        workload = WORKLOADS[self.key]
        rows = (
            f", {self.rows:,} row{'s' if self.rows > 1 else ''}" if workload.data(self.size) else ""
        )
        return f"{workload.title} {self.size}{rows}"


CASES = (Case("w1", 2, 100_000), Case("w2", 66, 1), Case("w2", 66, 1000), Case("w6", 100, 1))


class Disagreement(Exception):
    """Two ways to compute the same thing gave different numbers: no time is worth printing."""


def _agree(who: str, ours: Any, theirs: Any) -> None:
    ours, theirs = (
        np.asarray(ours, float),
        np.broadcast_to(np.asarray(theirs, float), np.shape(ours)),
    )
    worst = np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs))
    if not worst <= TOLERANCE:
        raise Disagreement(f"{who} differs by {worst:.1e}")


def _emitted(key: str, size: int, target: str) -> str:
    from gradc.model import compile as compile_model

    workload = WORKLOADS[key]
    model = compile_model(workload.text(size), wrt=workload.parameters(size), name="model")
    return max(model.emit(target).values(), key=len)


def _module(key: str, size: int, target: str) -> ModuleType:
    module = ModuleType("emitted")
    exec(compile(_emitted(key, size, target), "emitted", "exec"), module.__dict__)  # noqa: S102
    return module


@contextmanager
def _files(**texts: str) -> Iterator[dict[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="gradc-bench-") as folder:
        paths = {name: Path(folder, name) for name in texts}
        for name, path in paths.items():
            path.write_text(texts[name], encoding="utf-8")
        yield paths


def _lines(point: Point, parameters: list[str]) -> str:
    lines = []
    for name, value in point.items():
        numbers = value if isinstance(value, list) else [value]
        kind = "param" if name in parameters else "data"
        lines.append(" ".join([kind, name, *map(repr, numbers)]))
    return "\n".join(lines) + "\n"


def run_r(key: str, size: int, rows: int, budget: float) -> dict[str, Any]:
    """Both functions in one R process."""
    workload = WORKLOADS[key]
    program = rscript()
    point = workload.point(size, rows)
    texts = {
        "emitted": _emitted(key, size, "r"),
        "formula": workload.deriv(size),
        "values": _lines(point, workload.parameters(size)),
    }
    script = Path(__file__).parents[1] / "deriv_evaluate.R"
    with _files(**texts) as paths:
        done = subprocess.run(
            [program, "--vanilla", script, *paths.values(), str(budget)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(" ".join(done.stderr.split())[:160])
    theirs, ours, worst = map(float, done.stdout.split())
    if not worst <= TOLERANCE:
        raise Disagreement(f"deriv differs by {worst:.1e}")
    return {"deriv": theirs, "gradc": ours}


def run_numpy(key: str, size: int, rows: int, budget: float) -> dict[str, Any]:
    """The emitted NumPy module, SymPy's lambdify and CasADi's SX in one process."""
    workload = WORKLOADS[key]
    point = {name: np.asarray(v)[()] for name, v in workload.point(size, rows).items()}
    module = _module(key, size, "numpy")
    own = module.value_and_grad
    value, gradient = own(**point)
    calls: dict[str, Callable[[], Any]] = {"gradc": lambda: own(**point)}
    failed: dict[str, list[str]] = {}
    found: dict[str, Callable[[], Callable[[], Any]]] = {
        "SymPy": lambda: _sympy_call(key, size, point, value, gradient),
        "CasADi": lambda: _casadi_call(key, size, rows, point, value, gradient),
    }
    for name, make in found.items():
        try:
            calls[name] = make()
        except Exception as error:  # noqa: BLE001 - one peer's failure is one cell
            failed[name] = [str(part) for part in error.args]
    return {**median_times(calls, budget), **failed}


def _sympy_call(
    key: str, size: int, point: dict[str, Any], value: Any, gradient: Any
) -> Callable[[], Any]:
    sp = sympy()
    workload = WORKLOADS[key]

    def prepare() -> Any:
        named = symbols(sp.Symbol, list(point))
        formula = workload.formula(size, sp, named)
        outputs = [formula, *(sp.diff(formula, named[p]) for p in workload.parameters(size))]
        return sp.lambdify(list(named.values()), outputs, modules="numpy", cse=True)

    function = deeply(prepare)
    arguments = list(point.values())
    answer = function(*arguments)
    _agree("SymPy's value", value, answer[0])
    for ours, theirs in zip(gradient, answer[1:], strict=True):
        _agree("SymPy's gradient", ours, theirs)
    return lambda: function(*arguments)


def _casadi_call(
    key: str, size: int, rows: int, point: dict[str, Any], value: Any, gradient: Any
) -> Callable[[], Any]:
    ca = casadi()
    workload = WORKLOADS[key]
    named = symbols(ca.SX.sym, list(point))
    formula = workload.formula(size, ca, named)
    inputs = ca.vertcat(*(named[name] for name in workload.parameters(size)))
    data = ca.vertcat(*(named[name] for name in workload.data(size)))
    function = ca.Function("f", [inputs, data], [formula, ca.gradient(formula, inputs)])
    if rows > 1:
        # Parameters are one column that all rows share.
        function = function.map("rows", "serial", rows, [0], [])
    columns = [
        ca.DM(np.array([point[name] for name in workload.parameters(size)])),
        ca.DM(np.array([point[name] for name in workload.data(size)]).reshape(-1, rows)),
    ]
    answer = function(*columns)
    _agree("CasADi's value", value, np.asarray(answer[0]).reshape(np.shape(value)))
    for ours, theirs in zip(gradient, np.asarray(answer[1]), strict=True):
        _agree("CasADi's gradient", ours, theirs.reshape(np.shape(ours)))
    return lambda: function(*columns)


def run_tf(key: str, size: int, rows: int, budget: float) -> dict[str, Any]:
    """The emitted functions against TensorFlow's tape over the plain one, all in one process."""
    tf = tensorflow()
    workload = WORKLOADS[key]
    module = _module(key, size, "tf")
    point = {name: tf.constant(v, tf.float64) for name, v in workload.point(size, rows).items()}
    wanted = [point[name] for name in workload.parameters(size)]
    rest = {name: point[name] for name in workload.data(size)}

    def taped(function: Callable[..., Any]) -> Callable[[list[Any]], Any]:
        def call(parameters: list[Any]) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(parameters)
                named = dict(zip(workload.parameters(size), parameters, strict=True))
                value = function(**named, **rest)
            return value, tape.gradient(value, parameters)

        return call

    def direct(parameters: list[Any]) -> Any:
        named = dict(zip(workload.parameters(size), parameters, strict=True))
        return module.value_and_grad(**named, **rest)

    ways = {"tape": taped(module.plain), "custom": taped(module.value), "direct": direct}
    calls: dict[str, Callable[[], Any]] = {}
    expected = ways["tape"](wanted)
    for name, way in ways.items():
        graph = tf.function(way)
        for kind, function in (("eager", way), ("graph", graph)):
            value, gradients = function(wanted)
            _agree(f"{name}'s value", value, expected[0])
            for ours, theirs in zip(gradients, expected[1], strict=True):
                # A tape adds the rows up; the direct gradient has one entry a row.
                _agree(f"{name}'s gradient", np.sum(ours), theirs)
            calls[f"{name} {kind}"] = partial(function, wanted)
    # TensorFlow computes in threads of its own, so the clock on the wall counts.
    return dict(median_times(calls, budget, time.perf_counter))


def _chosen(keys: list[str]) -> list[Case]:
    return [case for case in CASES if case.key in keys]


def _measured(job: Callable[..., dict[str, Any]], case: Case, quick: bool) -> Any:
    budget = 0.15 if quick else 1.0
    return isolated(
        job, LIMIT, keep_memory=True, key=case.key, size=case.size, rows=case.rows, budget=budget
    )


def show_r(keys: list[str], quick: bool) -> None:
    """Print the table of R."""
    report = Report(
        "evaluation in R: value and gradient, both in one R process, numbers checked equal",
        ["", "deriv", "gradc", "deriv/gradc"],
    )
    for case in _chosen(keys):
        result = _measured(run_r, case, quick)
        if isinstance(result, Failure):
            report.row(case.label, report.failure("R", result))
            continue
        theirs, ours = result["deriv"], result["gradc"]
        report.row(case.label, seconds(theirs), seconds(ours), f"{figures(theirs / ours)} ×")
    report.note(
        "deriv: the function that deriv(…, function.arg = …) returns. CPU seconds; glibc is told\n"
        "to keep freed memory, or page faults would decide the first line by chance."
    )
    report.show()


def show_numpy(keys: list[str], quick: bool) -> None:
    """Print the table of NumPy."""
    peers = ("SymPy", "CasADi")
    report = Report(
        "evaluation in Python: value and gradient, all in one process, numbers checked equal",
        ["", *peers, "gradc", *(f"{peer}/gradc" for peer in peers)],
    )
    for case in _chosen(keys):
        result = _measured(run_numpy, case, quick)
        if isinstance(result, Failure):
            report.row(case.label, report.failure("NumPy", result))
            continue
        cells, ratios = [], []
        for peer in peers:
            found = result[peer]
            if isinstance(found, list):
                cells.append(report.failure(peer, Failure(*found[:2])))
                ratios.append("–")
            else:
                cells.append(seconds(found))
                ratios.append(f"{figures(found / result['gradc'])} ×")
        report.row(case.label, *cells, seconds(result["gradc"]), *ratios)
    report.note(
        "CPU seconds. SymPy: diff, then lambdify with cse. CasADi: an SX function, mapped over\n"
        "the rows. gradc: value_and_grad(), which also checks and converts its arguments."
    )
    report.show()


def show_tf(keys: list[str], quick: bool) -> None:
    """Print the table of TensorFlow."""
    report = Report(
        "evaluation in TensorFlow: value and gradient, all in one process, numbers checked equal",
        ["", "", "plain", "value", "v_and_g", "plain/value", "plain/v_and_g"],
        left=2,
    )
    for case in _chosen(keys):
        result = _measured(run_tf, case, quick)
        if isinstance(result, Failure):
            report.row(case.label, "", report.failure("TensorFlow", result))
            continue
        for kind in ("eager", "graph"):
            tape, custom, direct = (result[f"{way} {kind}"] for way in ("tape", "custom", "direct"))
            report.row(
                case.label if kind == "eager" else "",
                "eager" if kind == "eager" else "tf.function",
                *map(seconds, (tape, custom, direct)),
                f"{figures(tape / custom)} ×",
                f"{figures(tape / direct)} ×",
            )
    report.note(
        "plain: TensorFlow's tape differentiates the emitted plain(). value: the tape finds\n"
        "gradc's gradient attached to value(). v_and_g: value_and_grad(), which gives one\n"
        "gradient a row, while a tape adds rows up."
    )
    report.show()
