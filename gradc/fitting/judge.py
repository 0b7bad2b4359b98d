"""Whether a search has arrived, by the gradient at its end and not by its own word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradc.fitting.problem import Problem
from gradc.model import Model
from gradc.model.fitting import residuals

Vector = NDArray[np.float64]

SMALL = 1e-5
"""A scaled gradient is small (Dennis and Schnabel 1996, 7.2.5); nls() has it as its tolerance."""
OFFSET = 1e-3
"""A relative offset at which intervals no longer change (Bates and Watts 1981)."""
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class Judgement:
    """Numbers at one point: ``norm`` is the scaled gradient, projected on bounds.

    ``offset`` is the relative offset of least squares, None for other objectives and where the
    residuals' derivatives are singular, which ``singular`` then tells.
    """

    value: float
    gradient: Vector
    norm: float
    offset: float | None
    singular: bool
    held: tuple[bool, ...]

    @property
    def converged(self) -> bool:
        """Whether this is a stationary point, as well as doubles can tell."""
        if not np.isfinite(self.value) or not np.isfinite(self.norm):
            return False
        if self.offset is None:
            return self.norm <= SMALL and not self.singular
        return self.offset <= SMALL or (self.norm <= SMALL and self.offset <= OFFSET)


class Judge:
    """The judge of one problem: gradc's own NumPy code, run here."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._function = quiet(problem.model)
        rows = residuals(problem.model, scaled=True)
        self._residuals = None if rows is None else quiet(rows)

    def objective(self, theta: Sequence[float]) -> tuple[float, Vector]:
        """The objective, rows summed, and its gradient."""
        value, gradient = self._ask(self._function, theta)
        rows = np.ndim(value)
        parts = [_columns(g, rows) for g in gradient.values()]
        return float(np.sum(value)), np.concatenate([part.sum(axis=0) for part in parts])

    def rows(self, theta: Sequence[float]) -> tuple[Vector, Vector] | None:
        """Residuals and their derivatives; None where the objective is no sum of squares."""
        if self._residuals is None:
            return None
        value, gradient = self._ask(self._residuals, theta)
        columns = np.hstack([_columns(g, np.ndim(value)) for g in gradient.values()])
        return np.atleast_1d(np.asarray(value, dtype=np.float64)), columns

    def of(self, part: Model, theta: Sequence[float]) -> Vector:
        """The value of a part of the model, row by row."""
        value, _ = self._ask(quiet(part), theta)
        return np.atleast_1d(np.asarray(value, dtype=np.float64))

    def _ask(
        self, function: Callable[..., Any], theta: Sequence[float]
    ) -> tuple[Any, Mapping[str, Any]]:
        point = {**self.problem.data, **self.problem.point(list(theta))}
        value, gradient = function(**{name: np.asarray(v)[()] for name, v in point.items()})
        return value, gradient

    def __call__(
        self, theta: Sequence[float], marginal: tuple[float, Sequence[float]] | None = None
    ) -> Judgement:
        """The judgement of a point.

        ``marginal`` is value and gradient where the objective is one that gradc's code does not
        compute: that of TMB, with random effects integrated out.
        """
        at = np.asarray(theta, dtype=np.float64)
        value, slope = self.objective(theta)
        if marginal is not None:
            value, slope = marginal[0], np.asarray(marginal[1], dtype=np.float64)
        held = self.held(at, slope)
        scaled = np.abs(slope) * np.maximum(np.abs(at), 1.0) / max(abs(value), 1.0)
        norm = float(np.max(scaled[~held], initial=0.0))
        if not np.all(np.isfinite(slope)):
            norm = float("nan")
        offset, singular = None, False
        if marginal is None and self._residuals is not None:
            offset, singular = self._offset(theta, held)
        return Judgement(value, slope, norm, offset, singular, tuple(map(bool, held)))

    def held(self, theta: Vector, gradient: Vector) -> NDArray[np.bool_]:
        """Which parameters a bound holds back."""
        lower, upper = np.array(self.problem.lower), np.array(self.problem.upper)
        near = 1e-9 * np.maximum(1.0, np.abs(theta))
        low = (theta - lower <= near) & (gradient > 0.0)
        high = (upper - theta <= near) & (gradient < 0.0)
        return np.asarray(low | high)

    def _offset(self, theta: Sequence[float], held: NDArray[np.bool_]) -> tuple[float | None, bool]:
        """The relative offset of Bates and Watts; exact data have no residuals to compare with."""
        found = self.rows(theta)
        if found is None:
            return None, False
        rows, jacobian = found[0], found[1][:, ~held]
        if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(jacobian))):
            return None, False
        count, columns = jacobian.shape
        scale = np.sqrt(np.sum(jacobian**2, axis=0))
        if columns == 0 or count < columns:
            return None, count < columns
        if not np.all(scale > 0.0):
            return None, True
        basis, sizes, _ = np.linalg.svd(jacobian / scale, full_matrices=False)
        if sizes[-1] <= _SINGULAR * sizes[0]:
            return None, True
        taken = basis.T @ rows
        rest = np.sqrt(max(rows @ rows - taken @ taken, 0.0) / max(count - columns, 1))
        # What is left of exact data is rounding, which no step takes away.
        reach = np.abs(jacobian) @ np.abs(np.asarray(theta)[~held])
        noise = 1e-10 * np.sqrt(np.mean(rows**2) + np.mean(reach**2))
        size = rest + noise
        return (float(np.sqrt(taken @ taken / columns) / size) if size > 0.0 else 0.0), False


def _columns(gradient: Any, rows: int) -> Vector:
    """A parameter's derivatives as a matrix: a row a row of the value, matrices by columns."""
    array = np.asarray(gradient, dtype=np.float64)
    if not rows:
        return array.ravel(order="F")[None, :]
    if array.ndim == 3:
        array = array.swapaxes(1, 2)
    return array.reshape(len(array), -1)


def quiet(model: Model) -> Callable[..., Any]:
    """The model's NumPy function without warnings: a pole is an answer here."""
    function = model.function("numpy")

    def silent(**values: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(**values)

    return silent
