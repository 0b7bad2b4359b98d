"""The models whose programs are changed: shipped cases of every sort, read once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradc.errors import GradcError
from gradc.model import Model
from gradc.model import compile as compile_model

ROOT = Path(__file__).parents[2]
CORPORA = ROOT / "tests" / "corpora"
# One row in so many of each case file, that every sort of formula is there.
_EVERY = {
    "10_rmodels": 1,
    "3_selfstart": 3,
    "4_rderiv": 7,
    "1_feynman": 9,
    "5_mgh": 9,
    "8_nasty": 14,
    "6_wild_strings": 12,
}
_MOST_NUMBERS = 60


@dataclass(frozen=True, slots=True)
class Case:
    """A model with a point of its own, where it has one."""

    name: str
    model: Model
    at: dict[str, Any]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a case file that are a model."""
    for line in (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["expr"] is not None and "value" in row["expected"]:
            yield row


def case_of(row: dict[str, Any]) -> Case | None:
    """A row as a case, ``None`` where gradc does not have all of it."""
    expr = row["expr"]
    text = expr if isinstance(expr, str) else "\n".join(expr)
    at = {**row["params"], **row["data"]}
    try:
        model = compile_model(
            text, wrt=list(row["params"]), syntax=row["syntax"], at=at, source_name=row["id"]
        )
    except GradcError:
        return None
    return Case(row["id"], model, at)


def chosen_rows() -> list[dict[str, Any]]:
    """The rows of the table's models, small enough to be asked often."""
    found: list[dict[str, Any]] = []
    for name, every in _EVERY.items():
        for row in list(rows(name))[::every]:
            values = (*row["params"].values(), *row["data"].values())
            numbers = sum(len(v) if isinstance(v, list) else 1 for v in values)
            if row["params"] and numbers <= _MOST_NUMBERS:
                found.append(row)
    return found


def chosen() -> Iterator[Case]:
    """The models of the table."""
    yield from filter(None, map(case_of, chosen_rows()))
