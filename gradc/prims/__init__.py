"""The one table of primitives; everything else in gradc reads it.

A new function is one entry in one of the parts of the table.
"""

from __future__ import annotations

from gradc.prims.build import Builder
from gradc.prims.check import check
from gradc.prims.schema import (
    Prim,
    ShapeError,
    Spelling,
    Stabilizes,
    Table,
    Undefined,
    Unsupported,
    broadcast,
    unify,
)
from gradc.prims.table import TABLE

__all__ = [
    "TABLE",
    "Builder",
    "Prim",
    "ShapeError",
    "Spelling",
    "Stabilizes",
    "Table",
    "Undefined",
    "Unsupported",
    "broadcast",
    "check",
    "unify",
]
