"""A picture of fits: data with the fitted curve, and how each search went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradc.errors import Diagnostic, fail
from gradc.fitting.judge import Judge, Vector
from gradc.fitting.problem import Problem
from gradc.fitting.search import Fit
from gradc.ir import reachable
from gradc.model import Model
from gradc.model.fitting import pictured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LARGEST = 400
"""From how many steps on a path is thinned: each is one more evaluation."""
_INSTALL = "pip install 'gradc[plot]'"


def check_plot(path: Path) -> Diagnostic | None:
    """What stands in the way of any picture, before anything is fitted: matplotlib is missing.

    Raises: GradcError (G021) for a kind of file that it does not write.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError:
        return Diagnostic("G401", "a plot needs matplotlib", suggestion=_INSTALL)
    if path.suffix[1:].lower() not in FigureCanvasAgg.get_supported_filetypes():
        message = f"'{path}' is no picture that can be written"
        raise fail("G021", message, suggestion="such as fit.png")
    return None


def write_plot(path: Path, task: Problem, found: Sequence[Fit]) -> None:
    """Write the picture: data and fit on the left where there is a mean, searches on the right.

    Raises: GradcError (G021) where the file cannot be written.
    """
    from matplotlib.figure import Figure

    shown = [fit for fit in found if fit.par]
    curve = _mean(task)
    panels = 1 if curve is None else 2
    figure = Figure(figsize=(5.5 * panels, 4.2), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    if curve is not None:
        _data(axes[0], task, curve, shown)
    _search(axes[-1], task, shown)
    try:
        figure.savefig(path)
    except OSError as error:
        raise fail("G021", f"cannot write '{path}': {error.strerror}") from None


class _Mean:
    """Fitted values and the response, by gradc's own NumPy code."""

    def __init__(self, task: Problem, fitted: Model, observed: Model) -> None:
        self.task = task
        self._fitted, self._observed = fitted, observed

    def fitted(self, theta: Sequence[float], data: dict[str, Any]) -> Vector:
        return Judge(replace(self.task, data=data)).of(self._fitted, theta)

    def observed(self) -> Vector:
        return Judge(self.task).of(self._observed, self.task.start)

    def varying(self) -> str | None:
        """The data column that the curve is drawn against: the only vector that the mean uses."""
        function = self._fitted.stages.plain
        used = reachable(function.graph, [function.value])
        names = [item.name for item in function.data if used[item.node]]
        columns = {name: self.task.data.get(name) for name in names}
        vectors = {name: column for name, column in columns.items() if isinstance(column, list)}
        if len(vectors) != 1:
            return None
        ((name, column),) = vectors.items()
        return None if isinstance(column[0], list) else name

    def name(self) -> str:
        """The user's name of the response, where it is an input as it stands."""
        function = self._observed.function_
        return next((i.name for i in function.data if i.node == function.value), "response")


def _mean(task: Problem) -> _Mean | None:
    found = pictured(task.model)
    return None if found is None else _Mean(task, *found)


def _data(axes: Axes, task: Problem, curve: _Mean, shown: Sequence[Fit]) -> None:
    """Data and curve against the one column that varies, else fitted against observed."""
    observed = curve.observed()
    across = curve.varying()
    if across is None:
        for fit in shown:
            axes.plot(observed, curve.fitted(fit.par, task.data), "o", ms=4, label=fit.engine)
        ends = [float(np.min(observed)), float(np.max(observed))]
        axes.plot(ends, ends, color="0.6", lw=1)
        axes.set(xlabel="observed", ylabel="fitted")
    else:
        x = np.asarray(task.data[across], dtype=np.float64)
        axes.plot(x, observed, "o", ms=3, color="0.65", label="data")
        grid = np.linspace(np.min(x), np.max(x), 400)
        for number, fit in enumerate(shown):
            fitted = curve.fitted(fit.par, _along(task, across, grid))
            axes.plot(grid, fitted, lw=_width(number, shown), label=fit.engine)
        axes.set(xlabel=across, ylabel=curve.name())
    axes.set_title(task.model.name)
    axes.legend(frameon=False)


def _width(number: int, lines: Sequence[object]) -> float:
    """Later lines are thinner, so that those which they cover can be seen."""
    return 1.6 + 1.3 * (len(lines) - 1 - number)


def _along(task: Problem, across: str, grid: Vector) -> dict[str, Any]:
    """Data with a grid in place of one column; other vectors are not used, and have its length."""
    data: dict[str, Any] = {}
    for name, value in task.data.items():
        is_vector = isinstance(value, list) and not isinstance(value[0], list)
        data[name] = grid if name == across else np.zeros(len(grid)) if is_vector else value
    return data


def _search(axes: Axes, task: Problem, shown: Sequence[Fit]) -> None:
    """The objective along each path, above the least that any of them reached."""
    judge = Judge(task)
    lines: list[tuple[str, Vector, Vector]] = []
    for fit in shown:
        if len(fit.path) and not fit.marginal:
            steps = np.unique(np.linspace(0, len(fit.path) - 1, _LARGEST).astype(int))
            values = np.array([judge.objective(fit.path[step])[0] for step in steps])
            lines.append((fit.engine, steps + 1, values))
    finite = [values[np.isfinite(values)] for _, _, values in lines]
    least = min((float(np.min(values)) for values in finite if len(values)), default=0.0)
    for number, (name, steps, values) in enumerate(lines):
        above = np.where(values > least, values - least, np.nan)
        axes.plot(steps, above, marker=".", lw=_width(number, lines), label=name)
    axes.set(xlabel="gradient evaluations", ylabel="objective above its minimum", yscale="log")
    axes.set_title("search")
    if lines:
        axes.legend(frameon=False)
