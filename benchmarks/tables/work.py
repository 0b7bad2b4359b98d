"""The cheap-gradient principle on the corpora: operations of the gradient over the value's."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.isolate import Failure, isolated
from benchmarks.report import Report

CORPORA = Path(__file__).parents[2] / "tests" / "corpora"
FILES = (
    "1_feynman",
    "2_nist_strd",
    "3_selfstart",
    "4_rderiv",
    "5_mgh",
    "6_wild_strings",
    "8_nasty",
    "10_rmodels",
)
ELEMENTARY = frozenset(
    (
        *("const", "input", "exact_pi", "length", "index", "stack", "broadcast", "scatter"),
        *("add", "sub", "mul", "div", "neg", "sum", "pow", "sqrt", "exp", "log"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "atan2"),
    )
)
SMALLEST = 20
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Work:
    """One model of the corpora and what it costs."""

    name: str
    parameters: int
    value: int
    gradient: int
    special: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return self.gradient / self.value


def _rows() -> Iterator[dict[str, Any]]:
    for name in FILES:
        for line in (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def count() -> dict[str, Any]:
    """Operations of every model of the corpora that gradc reads, and how many it does not."""
    from gradc.errors import GradcError
    from gradc.ir import operations, reachable
    from gradc.model import compile as compile_model

    found: list[tuple[Any, ...]] = []
    unread = 0
    for row in _rows():
        text = row["expr"] if isinstance(row["expr"], str) else "\n".join(row["expr"])
        try:
            model = compile_model(
                text,
                wrt=list(row["params"]),
                syntax=row["syntax"],
                at={**row["params"], **row["data"]},
            )
            plain, gradient = model.stages.plain, model.stages.gradient
        except GradcError:
            unread += 1
            continue
        marks = reachable(plain.graph, [plain.value])
        used = {plain.graph.prim(node) for node, mark in enumerate(marks) if mark}
        special = sorted(used - ELEMENTARY)
        name, cost = row["id"], (operations(plain), operations(gradient))
        found.append((name, len(row["params"]), *cost, special))
    return {"found": found, "unread": unread}


def show_work(keys: list[str], quick: bool) -> None:
    """Print the largest ratios: elementary models first, models with special functions apart."""
    report = Report(
        f"operations: value and gradient over value, corpora's models above {SMALLEST} operations",
        ["", "parameters", "value", "value and gradient", "ratio"],
    )
    answer = isolated(count, 120.0)
    if isinstance(answer, Failure):
        report.row("corpora", report.failure("gradc", answer))
        report.show()
        return
    models = [
        Work(name, parameters, value, gradient, tuple(special))
        for name, parameters, value, gradient, special in answer["found"]
        if value > SMALLEST
    ]
    elementary = [model for model in models if not model.special]
    others = [model for model in models if model.special]
    _group(report, "elementary", elementary)
    report.rule()
    _group(report, "with special functions", others)
    report.note(
        f"{len(answer['found'])} models read, {answer['unread']} not yet. Elementary: arithmetic,\n"
        "powers, exp, log, sqrt and trigonometric functions; the promise is a ratio of at most 4."
    )
    report.show()


def _group(report: Report, title: str, models: list[Work]) -> None:
    if not models:
        report.row(f"{title}: none")
        return
    middle = statistics.median(model.ratio for model in models)
    report.row(f"{title}: {len(models)} models, median", "", "", "", f"{middle:.2f}")
    # One formula stands in the corpora at several points and in both languages.
    alike: dict[tuple[object, ...], list[Work]] = {}
    for model in sorted(models, key=lambda m: (-m.ratio, m.name)):
        key = (model.parameters, model.value, model.gradient, model.special)
        alike.setdefault(key, []).append(model)
    for same in list(alike.values())[:SHOWN]:
        model = same[0]
        special = f" ({', '.join(model.special)})" if model.special else ""
        more = f" and {len(same) - 1} more" if len(same) > 1 else ""
        report.row(
            f"  {model.name}{special}{more}",
            str(model.parameters),
            str(model.value),
            str(model.gradient),
            f"{model.ratio:.2f}",
        )
