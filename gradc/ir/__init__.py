"""The intermediate representation: types, an interned graph, functions, and their text."""

from __future__ import annotations

from gradc.ir.count import operations
from gradc.ir.function import REPORTS, Function, Input, Kind, LeastSquares, Nature, Region
from gradc.ir.graph import Derived, Graph, Record, dependents, reachable
from gradc.ir.memory import collection_paused
from gradc.ir.rebuild import Make, compact, rebuild, roots
from gradc.ir.sizes import UNITS, Extent, SizeError, counts_of, value_of
from gradc.ir.text import dump, parse
from gradc.ir.types import (
    BOOL,
    INT,
    REAL,
    Dtype,
    Shape,
    Size,
    Type,
    known,
    make_type,
    symbol,
    vector,
)
from gradc.ir.validate import InvalidFunction, validate

__all__ = [
    "BOOL",
    "INT",
    "REAL",
    "REPORTS",
    "UNITS",
    "Derived",
    "Dtype",
    "Extent",
    "Function",
    "Graph",
    "Input",
    "InvalidFunction",
    "Kind",
    "LeastSquares",
    "Make",
    "Nature",
    "Record",
    "Region",
    "Shape",
    "Size",
    "SizeError",
    "Type",
    "collection_paused",
    "compact",
    "counts_of",
    "dependents",
    "dump",
    "known",
    "make_type",
    "operations",
    "parse",
    "reachable",
    "rebuild",
    "roots",
    "symbol",
    "validate",
    "value_of",
    "vector",
]
