"""How accurate distribution functions and quantiles are on each target: measured, never guessed.

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

CUMULATIVE: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "pgamma": {
        "r": (2.0, 0.0, 16.0),
        "tmb": (2.0, 0.0, 16.0),
        "numpy": (8.0, 0.0, 8.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "pgamma_upper": {
        "r": (1.0, 0.0, 32.0),
        "tmb": (1.0, 0.0, 32.0),
        "numpy": (1.0, 0.0, 16.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "log_pgamma": {
        "r": (64.0, 0.0, 2.0),
        "tmb": (64.0, 0.0, 4.0),
    },
    "log_pgamma_upper": {
        "r": (32.0, 0.0, 2.0),
        "tmb": (32.0, 0.0, 2.0),
    },
    "gamma_below": {
        "r": (16.0, 0.0, 0.0),
        "tmb": (16.0, 0.0, 0.0),
        "numpy": (16.0, 0.0, 0.0),
        "numpy/float32": (2.0, 0.0, 1.0),
        "tf": (16.0, 3.05176e-05, 0.0),
        "tf/float32": (4.0, 0.0, 1.0),
    },
    "gamma_above": {
        "r": (16.0, 0.0, 0.0),
        "tmb": (16.0, 0.0, 0.0),
        "numpy": (16.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 1.0),
        "tf": (1.0, 0.0, 1.0),
        "tf/float32": (1.0, 0.0, 1.0),
    },
    "pbeta": {
        "r": (1.0, 0.0, 4.0),
        "tmb": (8.0, 0.0, 4.0),
        "numpy": (8.0, 0.0, 2.0),
        "numpy/float32": (8.0, 128.0, 0.0),
    },
    "pbeta_upper": {
        "r": (1.0, 0.0, 8.0),
        "tmb": (1.0, 0.0, 8.0),
        "numpy": (1.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "log_pbeta": {
        "r": (1024.0, 0.0, 0.0),
        "tmb": (1024.0, 0.0, 0.0),
    },
    "log_pbeta_upper": {
        "r": (512.0, 0.0, 0.0),
        "tmb": (512.0, 0.0, 0.0),
    },
    "beta_below": {
        "r": (4.0, 0.0, 1.0),
        "tmb": (4.0, 0.0, 1.0),
        "numpy": (4.0, 0.0, 1.0),
        "numpy/float32": (2.0, 0.0, 2.0),
        "tf": (2.0, 0.0, 1.0),
        "tf/float32": (2.0, 4.93038e-32, 1.0),
    },
    "pt": {
        "r": (1.0, 0.0, 16.0),
        "tmb": (1.0, 0.0, 16.0),
    },
    "log_pt": {
        "r": (1.0, 0.0, 8.0),
        "tmb": (1.0, 0.0, 8.0),
    },
    "pcauchy": {
        "r": (2.0, 0.0, 0.0),
    },
    "qnorm": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
        "numpy": (4.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 0.0),
        "tf/float32": (4.0, 0.0, 0.0),
    },
    "qgamma": {
        "r": (8.0, 0.0, 4.0),
        "tmb": (8.0, 0.0, 4.0),
        "numpy": (16.0, 0.0, 2.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (256.0, 0.0, 0.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qgamma_upper": {
        "r": (512.0, 0.0, 0.0),
        "tmb": (512.0, 0.0, 0.0),
        "numpy": (512.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4.0, 0.0, 2.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qgamma_log": {
        "r": (32.0, 0.0, 8.0),
        "tmb": (32.0, 0.0, 8.0),
        "numpy": (1024.0, 0.0, 16.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (1024.0, 0.0, 16.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qgamma_upper_log": {
        "r": (2097152.0, 0.0, 4.0),
        "tmb": (2097152.0, 0.0, 4.0),
        "numpy": (1024.0, 0.0, 32.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (1024.0, 0.0, 32.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qbeta": {
        "r": (1.0, 0.0, 4.0),
        "tmb": (16.0, 5.82077e-11, 4.0),
        "numpy": (1.0, 0.0, 2.0),
        "numpy/float32": (4096.0, 0.0, 0.0),
        "tf": (4096.0, 0.0, 32.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qbeta_upper": {
        "r": (64.0, 9.62965e-35, 0.0),
        "tmb": (64.0, 9.62965e-35, 0.0),
        "numpy": (64.0, 2.40741e-35, 0.0),
        "numpy/float32": (1.0, 2.0, 32.0),
        "tf": (4096.0, 0.0, 32.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qbeta_log": {
        "r": (1.0, 0.0, 32.0),
        "tmb": (1.0, 0.5, 32.0),
        "numpy": (4096.0, 0.0, 32.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4096.0, 0.0, 32.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qbeta_upper_log": {
        "r": (4.0, 0.0, 4.0),
        "tmb": (4.0, 7.00649e-46, 4.0),
        "numpy": (4096.0, 0.0, 32.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (4096.0, 0.0, 32.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qt": {
        "r": (64.0, 256.0, 4.0),
        "tmb": (64.0, 256.0, 4.0),
        "numpy": (1.0, 2.0, 8.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (1.0, 2.0, 8.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
    "qt_log": {
        "r": (1.0, 128.0, 32.0),
        "tmb": (16.0, 128.0, 32.0),
        "numpy": (1.0, 8.0, 16.0),
        "numpy/float32": (1.0, 0.0, 0.0),
        "tf": (1.0, 8.0, 16.0),
        "tf/float32": (1.0, 0.0, 0.0),
    },
}
