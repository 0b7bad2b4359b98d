"""NAME_fit.py: the fit of a model by scipy.optimize, with nothing of gradc in it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gradc.emit.layout import wrap
from gradc.emit.numbers import python_number
from gradc.emit.reports import bounds_by_element
from gradc.ir import Function
from gradc.targets.fit import FitModel, shapes, starts
from gradc.targets.fit_numpy_squares import GOAL_RESIDUALS, LEAST_SQUARES, SQUARES_ERRORS
from gradc.targets.fit_numpy_text import (
    COMMAND,
    FIT,
    GENERAL,
    GOAL,
    GOAL_HESSIAN,
    HEAD,
    HESSIAN_ERRORS,
)


def write(model: FitModel) -> dict[str, str]:
    """The script, and where the objective is a sum of squares the residuals that it calls."""
    rows = model.residuals or model.scaled_residuals
    files = dict(rows.emitted.files) if rows else {}
    files[f"{model.name}_fit.py"] = "\n".join(_lines(model)) + "\n"
    return files


def _lines(model: FitModel) -> list[str]:
    name, squares = model.name, model.residuals or model.scaled_residuals
    head = HEAD.format(name=name, how="least_squares" if squares else "minimize")
    lines = head.rstrip("\n").split("\n")
    lines += ["", f"import {name}_numpy as model"]
    if squares is not None:
        lines.append(f"import {squares.name}_numpy as residuals")
    lines += ["", *tables(model.function)]
    parts = [GOAL]
    if model.residuals is None:
        parts.append(GOAL_HESSIAN)
    parts += [GENERAL] if squares is None else [GOAL_RESIDUALS, LEAST_SQUARES]
    parts.append(HESSIAN_ERRORS if model.residuals is None else SQUARES_ERRORS)
    for part in [*parts, FIT, COMMAND]:
        lines += part.rstrip("\n").split("\n")
    return lines


def tables(function: Function) -> list[str]:
    """What the rest of the script knows of this very model."""
    params = [f"{_quoted(name)}: {shape}" for name, shape in shapes(function).items()]
    data = [_quoted(item.name) for item in function.data]
    lower, upper = [], []
    for low, high in bounds_by_element(function):
        lower.append("-np.inf" if low is None else python_number(low))
        upper.append("np.inf" if high is None else python_number(high))
    start = ["np.nan" if value is None else _number(value) for value in starts(function)]
    return [
        "# The shape of each parameter, the names of data, and where the search starts and ends.",
        *_listed("PARAMETERS", params, "{}"),
        *_listed("DATA", data, "[]"),
        *_listed("START", start, "[]"),
        *_listed("LOWER", lower, "[]"),
        *_listed("UPPER", upper, "[]"),
    ]


def _quoted(name: str) -> str:
    """A literal; JSON's is one of Python as long as no character needs two of its escapes."""
    return json.dumps(name) if max(map(ord, name), default=0) < 0x10000 else ascii(name)


def _number(value: float) -> str:
    if value != value:
        return "np.nan"
    if value in (float("inf"), float("-inf")):
        return "np.inf" if value > 0 else "-np.inf"
    return python_number(value)


def _listed(name: str, items: Sequence[str], brackets: str) -> list[str]:
    if len(set(items)) == 1 and len(items) > 3 and brackets == "[]":
        return [f"{name} = [{items[0]}] * {len(items)}"]
    return wrap(f"{name} = {brackets[0]}{', '.join(items)}{brackets[1]}", 0, 4)
