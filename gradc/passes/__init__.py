"""Passes: functions from a function to an equal function."""

from __future__ import annotations

from gradc.ir import rebuild
from gradc.passes.legalize import as_rounded, legalize
from gradc.passes.rebuild import simplify
from gradc.passes.stabilize import stabilize
from gradc.passes.unroll import unroll

__all__ = ["as_rounded", "legalize", "rebuild", "simplify", "stabilize", "unroll"]
