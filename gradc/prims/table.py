"""The parts of the table put together."""

from __future__ import annotations

from gradc.prims import (
    arithmetic,
    counts,
    densities,
    elementary,
    normal,
    saddle,
    special,
    tensor,
)
from gradc.prims.schema import Table

_PARTS = (arithmetic, elementary, special, normal, saddle, densities, counts, tensor)

TABLE = Table({prim.name: prim for part in _PARTS for prim in part.PRIMS})
