"""The parts of the table put together."""

from __future__ import annotations

from gradc.prims import arithmetic, elementary, loops, matrices, normal, special, tensor, vectors
from gradc.prims.schema import Table

_PARTS = (arithmetic, elementary, special, normal, tensor, vectors, matrices, loops)

TABLE = Table({prim.name: prim for part in _PARTS for prim in part.PRIMS})
