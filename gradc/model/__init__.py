"""Models: the road from a text to emitted, evaluated and verified code."""

from __future__ import annotations

from gradc.model.callable import Numeric
from gradc.model.evaluation import Evaluation
from gradc.model.model import Model, compile, gradient  # noqa: A004
from gradc.model.values import Point, Unusable, merge, to_json, usable

__all__ = [
    "Evaluation",
    "Model",
    "Numeric",
    "Point",
    "Unusable",
    "compile",
    "gradient",
    "merge",
    "to_json",
    "usable",
]
