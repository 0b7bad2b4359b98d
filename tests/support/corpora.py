"""The shipped case files, and what counts as one of their answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flint import arb, ctx

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.verify import true_values

FOLDER = Path(__file__).parents[1] / "corpora"
FORMULAS = (
    "1_feynman",
    "2_nist_strd",
    "3_selfstart",
    "4_rderiv",
    "5_mgh",
    "6_wild_strings",
    "8_nasty",
    "10_rmodels",
)


def rows(*names: str) -> Iterator[dict[str, Any]]:
    """Rows of the named case files that have an answer."""
    for name in names:
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["expr"] is not None and "value" in row["expected"]:
                yield row


def text(row: dict[str, Any]) -> str:
    """The model's text: a list of statements is joined by newlines."""
    expr = row["expr"]
    return expr if isinstance(expr, str) else "\n".join(expr)


def point(row: dict[str, Any]) -> dict[str, Any]:
    return {**row["params"], **row["data"]}


def model(row: dict[str, Any], **options: Any) -> Model:
    return compile_model(
        text(row),
        wrt=list(row["params"]),
        syntax=row["syntax"],
        at=point(row),
        source_name=row["id"],
        **options,
    )


LATER = ("is a distribution", "is not available yet")
"""What a diagnostic says of functions that other releases bring."""


def supported(*names: str) -> list[Any]:
    """Parameters for a test: each row whose functions gradc has, by its id."""
    found = []
    for row in rows(*names):
        try:
            model(row)
        except GradcError as error:
            message = error.diagnostics[0].message
            if any(words in message for words in LATER):
                continue
            raise
        found.append(pytest.param(row, id=row["id"]))
    return found


def answers(row: dict[str, Any]) -> dict[str, tuple[list[str], list[Any]]]:
    """Each output with its exact numbers (one a row), and what else is acceptable."""
    exact = row.get("expected50") or row["expected"]
    accept = row["extra"].get("accept", {})
    found = {"value": (_listed(exact["value"]), accept.get("value", []))}
    for name, numbers in exact.get("grad", {}).items():
        found[f"gradient:{name}"] = (_listed(numbers), accept.get("grad", {}).get(name, []))
    return found


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def truth_differs(row: dict[str, Any], built: Model) -> list[str]:
    """Outputs whose true value, by gradc's oracle, is not the row's to 14 digits."""
    found = true_values(built.stages.gradient, point(row))
    wrong = []
    with ctx.workprec(400):
        for name, (numbers, accept) in answers(row).items():
            cells, states = list(found.cells[name]), list(found.states[name])
            if len(cells) == 1:
                cells, states = cells * len(numbers), states * len(numbers)
            for cell, state, number in zip(cells, states, numbers, strict=True):
                if not _same(cell, state, number, accept):
                    wrong.append(f"{name}: {cell} ({state}) is not {number}")
                    break
    return wrong


def _same(cell: Any, state: str, number: str, accept: list[Any]) -> bool:
    wanted = [number, *map(str, accept)]
    if state != "finite":
        return _named(cell, state) in wanted
    for candidate in wanted:
        if candidate not in ("Inf", "-Inf", "NaN"):
            exact = arb(candidate)
            if abs(cell - exact) <= abs(exact) * arb("1e-14") + arb("1e-340"):
                return True
    return False


def _named(cell: Any, state: str) -> str:
    """How the case files call a value that is no number."""
    if state == "infinite":
        return "Inf" if cell > 0 else "-Inf"
    return "NaN" if state == "undefined" else state
