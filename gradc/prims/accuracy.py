"""How accurate each primitive is on each target: measured, never guessed.

Written by ``python -m benchmarks.accuracy --write``, which says how: every primitive
emitted and run in its real toolchain at 4000 random points of the primitive's domain (``FEWER``
there names those whose balls are too slow for so many) and on its probe grid, against ball
arithmetic.

For each primitive and target (``tf/float32``: in single precision) three numbers: the error
is at most ``relative`` ulps of the result, plus what ``argument`` ulps of each argument
change in it, plus ``absolute`` ulps of 1. Operations that IEEE 754 rounds correctly, exact ones
and sums are not here (see ``gradc.verify.rounding``).

Measured on 2026-11-26 with R 4.2.2, TMB 1.9.2, NumPy 2.4.6, SciPy 1.17.1,
TensorFlow 2.21.0, glibc 2.36, x86_64.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims.accuracy_cumulative import CUMULATIVE
from gradc.prims.accuracy_densities import DENSITIES

ACCURACY: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    **CUMULATIVE,
    **DENSITIES,
    "pow": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 1.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "exp": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "expm1": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "log": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "log2": {
        "r": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
    },
    "log10": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
    },
    "log1p": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "sin": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "cos": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "tan": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 0.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "asin": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (4.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 0.0),
        "tf/float32": (8.0, 0.0, 0.0),
    },
    "acos": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (1.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "atan": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "atan2": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "hypot": {
        "r": (1.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "sinh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "cosh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "tanh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "asinh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "acosh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "atanh": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "sinpi": {
        "r": (1.0, 0.0, 1.0),
        "tmb": (2.0, 0.0, 0.0),
    },
    "cospi": {
        "r": (1.0, 0.0, 1.0),
        "tmb": (2.0, 0.0, 0.0),
    },
    "tanpi": {
        "r": (1.0, 0.0, 1.0),
        "tmb": (4.0, 0.0, 0.0),
    },
    "sigmoid": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (2.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (8.0, 0.0, 0.0),
    },
    "softplus": {
        "r": (2.0, 0.0, 0.0),
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (2.0, 0.0, 0.0),
        "numpy/float32": (4.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "logit": {
        "r": (1.0, 1.0, 0.0),
        "tmb": (1.0, 1.0, 0.0),
        "numpy": (2.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
    },
    "logspace_add": {
        "tmb": (16.0, 0.0, 1.0),
        "numpy": (1.0, 0.0, 1.0),
        "numpy/float32": (2.0, 0.0, 1.0),
    },
    "logspace_sub": {
        "tmb": (8.0, 0.0, 1.0),
    },
    "xlogx": {
        "tmb": (2.0, 0.0, 0.0),
        "numpy": (2.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (2.0, 0.0, 0.0),
    },
    "xlog1px": {
        "tmb": (2.0, 0.0, 0.0),
    },
    "erf": {
        "r": (16.0, 0.0, 0.0),
        "tmb": (1.0, 0.0, 0.0),
        "numpy": (2.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "erfc": {
        "r": (1.0, 0.0, 2.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 4.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (8.0, 0.0, 0.0),
        "tf/float32": (1.0, 0.0, 2.0),
    },
    "gamma": {
        "r": (4.0, 0.0, 4.0),
        "tmb": (4.0, 0.0, 4.0),
        "numpy": (4.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "lgamma": {
        "r": (2.0, 0.5, 1.0),
        "tmb": (4.0, 0.125, 1.0),
        "numpy": (2.0, 1.0, 1.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "digamma": {
        "r": (1.0, 4.0, 1.0),
        "tmb": (1.0, 4.0, 1.0),
        "numpy": (4.0, 2.0, 1.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4.0, 4.0, 1.0),
        "tf/float32": (4.0, 8.0, 0.0),
    },
    "trigamma": {
        "r": (2.0, 0.001953125, 1.0),
        "tmb": (2.0, 0.001953125, 1.0),
        "numpy": (8.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "psigamma": {
        "r": (16.0, 0.0, 8.0),
        "tmb": (32.0, 0.0, 8.0),
        "numpy": (8.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 4.0),
        "tf/float32": (1.0, 0.0, 4.0),
    },
    "beta": {
        "r": (1024.0, 0.0, 0.0),
        "tmb": (1024.0, 0.0, 0.0),
        "numpy": (256.0, 0.0, 2.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "lbeta": {
        "r": (1.0, 16.0, 8.0),
        "tmb": (2.0, 16.0, 8.0),
        "numpy": (1.0, 16384.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "choose": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (1.0, 1.0, 1.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "lchoose": {
        "r": (1.0, 32.0, 4.0),
        "tmb": (1.0, 32.0, 4.0),
    },
    "besselI": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (16.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "besselJ": {
        "r": (4.0, 0.0, 1.0),
        "tmb": (4.0, 0.0, 1.0),
        "numpy": (128.0, 0.0, 2.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "besselK": {
        "r": (8.0, 0.0, 0.0),
        "tmb": (8.0, 0.0, 0.0),
        "numpy": (16.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "besselY": {
        "r": (2.0, 0.5, 1.0),
        "tmb": (2.0, 2.0, 1.0),
        "numpy": (2.0, 1.0, 1.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "besselI_scaled": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (256.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "besselK_scaled": {
        "r": (8.0, 0.0, 0.0),
        "tmb": (8.0, 0.0, 0.0),
        "numpy": (8.0, 4.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "pnorm": {
        "r": (8.0, 0.0, 0.0),
        "tmb": (8.0, 0.0, 0.0),
        "numpy": (1.0, 0.0, 2.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "log_pnorm": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (2.0, 0.0, 2.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "inverse_mills": {
        "r": (8.0, 0.0, 0.0),
        "tmb": (8.0, 0.0, 0.0),
        "numpy": (8.0, 0.0, 2.0),
        "numpy/float32": (2.0, 0.0, 1.0),
    },
}
