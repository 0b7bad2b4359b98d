"""The parts of the table put together."""

from __future__ import annotations

from gradc.prims import arithmetic, elementary, special, tensor
from gradc.prims.schema import Table

TABLE = Table(
    {prim.name: prim for part in (arithmetic, elementary, special, tensor) for prim in part.PRIMS}
)
