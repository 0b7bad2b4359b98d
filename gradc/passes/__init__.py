"""Passes: functions from a function to an equal function."""

from __future__ import annotations

from gradc.ir import rebuild
from gradc.passes.legalize import as_rounded, legalize
from gradc.passes.own import mark_own
from gradc.passes.rebuild import simplify
from gradc.passes.squares import mean, measured, residuals, response, terms
from gradc.passes.stabilize import stabilize
from gradc.passes.unroll import unroll

__all__ = [
    "as_rounded",
    "legalize",
    "mark_own",
    "mean",
    "measured",
    "rebuild",
    "residuals",
    "response",
    "simplify",
    "stabilize",
    "terms",
    "unroll",
]
