"""A picture of fits: data with the fitted curve, and how each search went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gradc.fitting.problem import Problem
from gradc.fitting.search import Fit


def check_plot(path: Path) -> None:
    """Whether a picture can be made at all, before anything is fitted."""


def write_plot(path: Path, task: Problem, found: Sequence[Fit]) -> None:
    """Write the picture."""
