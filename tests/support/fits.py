"""Data of examples, and questions to R, for tests of fits."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.rscript import printed_by_r

EXAMPLES = Path(__file__).parents[2] / "examples"
RNG = np.random.default_rng(7)
X = np.linspace(1, 5, 30)
Y = 2 * np.exp(-0.5 * X) + 0.01 * RNG.normal(size=30)
DECAY = "y ~ a*exp(-b*x)"
NEAR = {"a": 1.0, "b": 1.0}


def columns(name: str) -> dict[str, Any]:
    """The data of an example."""
    if name.endswith(".json"):
        return json.loads((EXAMPLES / name).read_text("utf-8"))  # type: ignore[no-any-return]
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [float(row[key]) for row in rows] for key in rows[0]}


def vector(values: Sequence[float]) -> str:
    """A vector of R, bit for bit."""
    return f"c({', '.join(float(value).hex() for value in values)})"


def asked(code: list[str], *expressions: str) -> list[list[float]]:
    """The values of expressions of R after some lines of code."""
    shown = [f'cat("values", sprintf("%a", {each}), "\\n")' for each in expressions]
    lines = [line.split() for line in printed_by_r([*code, *shown]).splitlines()]
    chosen = [line[1:] for line in lines if line[:1] == ["values"]]
    return [[math.nan if w == "NA" else float.fromhex(w) for w in line] for line in chosen]
