"""The parts of the table put together."""

from __future__ import annotations

from gradc.prims import (
    arithmetic,
    counts,
    cumulative,
    cumulative_beta,
    densities,
    elementary,
    inverse,
    loops,
    matrices,
    normal,
    quantile,
    quantile_counts,
    saddle,
    special,
    student,
    tensor,
    tweedie,
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
    tweedie,
    counts,
    cumulative,
    cumulative_beta,
    student,
    inverse,
    quantile,
    quantile_counts,
    tensor,
    vectors,
    matrices,
    loops,
)

TABLE = Table({prim.name: prim for part in _PARTS for prim in part.PRIMS})
