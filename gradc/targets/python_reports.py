"""Reported results and bounds in the targets written in Python."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.emit import EmitModel
from gradc.emit.layout import WIDTH, wrap
from gradc.emit.numbers import python_number
from gradc.emit.reports import bounds_by_element, has_bounds, report_labels
from gradc.ir import Function


def reserved(model: EmitModel) -> list[str]:
    """Names that the file defines for this model only."""
    names = ["report"] if model.report is not None else []
    return [*names, "bounds"] if has_bounds(model.value) else names


def labels_of(model: EmitModel) -> dict[str, str]:
    """What each reported name is called."""
    return {} if model.report is None else report_labels(model.report)


def report_lines(function: Function, texts: Mapping[int, str]) -> list[str]:
    """The statement that returns the results as a dictionary."""
    labels = report_labels(function)
    items = [f'"{labels[name]}": {texts[node]}' for name, node in function.reports.items()]
    line = f"    return {{{', '.join(items)}}}"
    if len(line) <= WIDTH:
        return [line]
    lines = ["    return {"]
    for item in items:
        lines += wrap(f"{item},", 8, leading=True)
    return [*lines, "    }"]


def bounds_lines(function: Function) -> list[str]:
    """``bounds`` as ``scipy.optimize`` takes them, one pair an element of ``theta``."""
    if not has_bounds(function):
        return []
    pairs = [f"({_bound(lower)}, {_bound(upper)})" for lower, upper in bounds_by_element(function)]
    line = f"bounds = [{', '.join(pairs)}]"
    if len(line) <= WIDTH:
        return ["", line]
    return ["", "bounds = [", *wrap(", ".join(pairs) + ",", 4, 0), "]"]


def _bound(value: float | None) -> str:
    return "None" if value is None else python_number(value)
