"""Models: the road from a text to emitted, evaluated and verified code."""

from __future__ import annotations

from gradc.model.callable import Numeric
from gradc.model.evaluation import Evaluation
from gradc.model.model import Model, compile, gradient  # noqa: A004
from gradc.model.values import Point, merge, to_json

__all__ = ["Evaluation", "Model", "Numeric", "Point", "compile", "gradient", "merge", "to_json"]
