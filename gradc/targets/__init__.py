"""The targets, one file each; everything else finds them in the table ``TARGETS``."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.targets import keras, numpy, r, sympy, tf, tmb
from gradc.targets.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        r.TARGET,
        tmb.TARGET,
        numpy.TARGET,
        tf.TARGET,
        keras.TARGET,
        sympy.TARGET,
    )
}

__all__ = ["TARGETS", "Target"]
