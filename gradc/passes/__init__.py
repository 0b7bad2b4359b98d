"""Passes: functions from a function to an equal function."""

from __future__ import annotations

from gradc.ir import rebuild
from gradc.passes.expected import expected
from gradc.passes.legalize import as_rounded, legalize
from gradc.passes.own import mark_own
from gradc.passes.rebuild import simplify
from gradc.passes.rows import Split, Squares, rows_of, split_rows
from gradc.passes.squares import mean, measured, residuals, response, terms
from gradc.passes.stabilize import Form, forms, stabilize, stable_node
from gradc.passes.stack import ACTIVATIONS, Affine, Cell, Stack, find_stack
from gradc.passes.unroll import unroll

__all__ = [
    "ACTIVATIONS",
    "Affine",
    "Cell",
    "Form",
    "Split",
    "Squares",
    "Stack",
    "as_rounded",
    "expected",
    "find_stack",
    "forms",
    "legalize",
    "mark_own",
    "mean",
    "measured",
    "rebuild",
    "residuals",
    "response",
    "rows_of",
    "simplify",
    "split_rows",
    "stabilize",
    "stable_node",
    "terms",
    "unroll",
]
