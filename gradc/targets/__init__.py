"""The targets, one file each; everything else finds them in the table ``TARGETS``."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.targets import numpy, r, tf
from gradc.targets.target import Target

TARGETS: Mapping[str, Target] = {module.TARGET.name: module.TARGET for module in (r, numpy, tf)}

__all__ = ["TARGETS", "Target"]
