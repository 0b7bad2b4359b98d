"""Fitting: the emitted script of an engine run on data, and judged by the gradient."""

from __future__ import annotations

from gradc.fitting.engines import ENGINES, Engine
from gradc.fitting.problem import Problem, problem
from gradc.fitting.search import Fit, best, fit, fits

__all__ = ["ENGINES", "Engine", "Fit", "Problem", "best", "fit", "fits", "problem"]
