"""The parts of the table put together."""

from __future__ import annotations

from gradc.prims import (
    arithmetic,
    counts,
    densities,
    elementary,
    loops,
    matrices,
    normal,
    saddle,
    special,
    tensor,
    vectors,
)
from gradc.prims.schema import Table

_PARTS = (
    arithmetic,
    elementary,
    special,
    normal,
    saddle,
    densities,
    counts,
    tensor,
    vectors,
    matrices,
    loops,
)

TABLE = Table({prim.name: prim for part in _PARTS for prim in part.PRIMS})
