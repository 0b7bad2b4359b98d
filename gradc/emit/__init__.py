"""Functions to text: names, numbers, expressions, statements, lines."""

from __future__ import annotations

from gradc.emit.model import MARK, EmitModel, Emitted, Trace, is_generated
from gradc.emit.names import model_name

__all__ = ["MARK", "EmitModel", "Emitted", "Trace", "is_generated", "model_name"]
