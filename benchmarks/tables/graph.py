"""From IR to gradient IR with a million operations, against CasADi's SX on the same work."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchmarks.isolate import Clock, Failure, peak_memory, repeated
from benchmarks.peers import casadi, symbols
from benchmarks.report import Report, figures, grown
from benchmarks.workloads import WORKLOADS
from benchmarks.workloads.rosenbrock import vector_formula

SIZES = {"w3": 333_333, "w6": 100_000}
DOUBLINGS = 3
LIMIT = 200.0
_PASSES = ("simplify", "stabilize", "gradient", "finish")


def gradc_graph(key: str, size: int) -> dict[str, Any]:
    """Build the IR and take it through the stages of :mod:`gradc.model.stages`, all kept alive."""
    from gradc.diff import value_and_gradient
    from gradc.ir import operations
    from gradc.ir.memory import collection_paused
    from gradc.passes import simplify, stabilize

    make = WORKLOADS[key].function
    if make is None:
        raise ValueError(f"{key} is not built as IR")
    # The rules of the table are read when they are first needed, once a process.
    stabilize(value_and_gradient(make(3)), splits=False)
    clock = Clock()
    with collection_paused():
        with clock.stage("build"):
            source = make(size)
        with clock.stage("simplify"):
            plain = simplify(source)
        with clock.stage("stabilize"):
            value = stabilize(plain)
        with clock.stage("gradient"):
            derived = value_and_gradient(value.copy())
        with clock.stage("finish"):
            gradient = stabilize(derived, splits=False)
    return {
        **clock.seconds,
        "memory": peak_memory(),
        "before": operations(source),
        "after": operations(gradient),
    }


def casadi_graph(key: str, size: int, vectors: bool) -> dict[str, Any]:
    """Build the SX expression, differentiate it, and make a Function of both."""
    ca = casadi()
    workload = WORKLOADS[key]
    clock = Clock()
    with clock.stage("build"):
        if vectors:
            inputs = ca.SX.sym("x", size)
            value = vector_formula(inputs, ca.sum1)
        else:
            named = symbols(ca.SX.sym, workload.parameters(size))
            value = workload.formula(size, ca, named)
            inputs = ca.vertcat(*named.values())
    before = ca.n_nodes(value)
    with clock.stage("gradient"):
        gradient = ca.gradient(value, inputs)
    with clock.stage("finish"):
        function = ca.Function("f", [inputs], [value, gradient])
    return {
        **clock.seconds,
        "memory": peak_memory(),
        "before": before,
        "after": function.n_instructions(),
    }


@cache
def _own(key: str, size: int, quick: bool) -> Any:
    return repeated(gradc_graph, 1 if quick else 3, LIMIT, key=key, size=size)


def _prepared(result: dict[str, Any]) -> float:
    return sum(result.get(stage, 0.0) for stage in _PASSES)


def _peers(key: str, size: int, runs: int) -> list[tuple[str, Any]]:
    found = []
    if key == "w6":
        found.append(("  CasADi, vectors", {"vectors": True}))
    found.append(("  CasADi, step by step", {"vectors": False}))
    return [
        (name, repeated(casadi_graph, runs, LIMIT, key=key, size=size, **how))
        for name, how in found
    ]


def show_graph(keys: list[str], quick: bool) -> None:
    """Print the table of sizes, seconds and memory."""
    report = Report(
        "graph: from IR to gradient IR, each line in a process of its own (CPU seconds)",
        [
            *("", "build", "gradient", "passes", "operations", "MB", "runs"),
            *("/peer", "+ build"),
        ],
    )
    for key in keys:
        size = SIZES[key] // (20 if quick else 1)
        runs = 1 if quick else 3
        own = _own(key, size, quick)
        workload = WORKLOADS[key]
        _row(report, f"{workload.title}, {size:,}: gradc", own, None)
        for name, peer in _peers(key, size, runs):
            _row(report, name, peer, own)
        report.rule()
    report.note(
        "gradient: value_and_gradient(); CasADi's gradient(). passes: simplify, stabilize, and\n"
        "stabilize on the gradient; CasADi's Function(). /peer: gradc's seconds after building\n"
        "over the peer's, below 1 where gradc is faster; + build: all of it. operations: of the\n"
        "value → of value and gradient, in millions. MB: peak resident memory."
    )
    report.show()


def _row(report: Report, name: str, result: Any, own: Any) -> None:
    if isinstance(result, Failure):
        report.row(name, report.failure(name.strip(), result))
        return
    total = _prepared(result)
    ratios = ["", ""]
    if own is not None and not isinstance(own, Failure):
        with_build = (_prepared(own) + own["build"]) / (total + result["build"])
        ratios = [figures(_prepared(own) / total), figures(with_build)]
    report.row(
        name,
        figures(result["build"]),
        figures(result["gradient"]),
        figures(total - result["gradient"]),
        f"{result['before'] / 1e6:.2f} → {result['after'] / 1e6:.2f}",
        f"{result['memory']:,.0f}",
        str(result["runs"]),
        *ratios,
    )


def show_growth(keys: list[str], quick: bool) -> None:
    """Print the time of every pass while the size doubles."""
    stages = ("build", *_PASSES)
    report = Report(
        "graph: milliseconds of each pass as the size doubles; a linear pass has ratio 2",
        ["", "size", *stages],
    )
    for key in keys:
        top = SIZES[key] // (16 if quick else 1)
        before: Any = None
        for halvings in reversed(range(DOUBLINGS - quick)):
            size = top >> halvings
            result = _own(key, size, quick)
            if isinstance(result, Failure):
                report.row(key.upper(), f"{size:,}", report.failure("gradc", result))
                break
            cells = [grown(result[stage], before and before[stage]) for stage in stages]
            report.row(key.upper(), f"{size:,}", *cells)
            before = result
        report.rule()
    report.note("In parentheses: the ratio to the line above. finish: stabilize on the gradient.")
    report.show()
