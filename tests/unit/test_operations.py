"""The cheap-gradient principle on every model of the corpora that it is promised for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradc.ir import Function, operations, reachable
from gradc.model import compile as compile_model

CORPORA = Path(__file__).parents[1] / "corpora"
FILES = ("1_feynman", "2_nist_strd", "3_selfstart", "4_rderiv", "5_mgh", "6_wild_strings", "8_nasty")
ELEMENTARY = frozenset(
    "const input add sub mul div neg pow exp log sqrt sin cos tan asin acos atan atan2 sum"
    " length index stack broadcast scatter exact_pi".split()
)
SMALLEST = 20
LARGEST_RATIO = 4.0


def rows() -> Iterator[dict[str, Any]]:
    for name in FILES:
        for line in (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def elementary(function: Function) -> bool:
    graph = function.graph
    marks = reachable(graph, [function.value])
    return all(
        graph.records[node][0] in ELEMENTARY for node, mark in enumerate(marks) if mark
    )


def models() -> Iterator[Any]:
    from gradc.errors import GradcError

    for row in rows():
        text = row["expr"] if isinstance(row["expr"], str) else "\n".join(row["expr"])
        try:
            model = compile_model(
                text,
                wrt=list(row["params"]),
                syntax=row["syntax"],
                at={**row["params"], **row["data"]},
            )
        except GradcError:
            continue  # rows with distributions; tests/unit/test_frontend.py lists them
        if elementary(model.stages.plain) and operations(model.stages.plain) > SMALLEST:
            yield pytest.param(model, id=row["id"])


@pytest.mark.parametrize("model", models())
def test_gradient_costs_at_most_four_times_the_value(model: Any) -> None:
    value, gradient = operations(model.stages.plain), operations(model.stages.gradient)
    assert gradient <= LARGEST_RATIO * value, f"{gradient}/{value} = {gradient / value:.2f}"
