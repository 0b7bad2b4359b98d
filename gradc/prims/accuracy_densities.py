"""How accurate densities are on each target: measured, never guessed.

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

DENSITIES: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "stirlerr": {
        "r": (8192.0, 0.0, 0.0),
        "tmb": (8192.0, 0.0, 0.0),
        "numpy": (4096.0, 0.0, 0.0),
        "numpy/float32": (8192.0, 0.0, 0.0),
        "tf": (8192.0, 0.0, 0.0),
        "tf/float32": (8192.0, 0.0, 0.0),
    },
    "bd0": {
        "r": (32.0, 0.0, 0.0),
        "tmb": (32.0, 0.0, 0.0),
        "numpy": (32.0, 0.0, 0.0),
        "numpy/float32": (32.0, 0.0, 0.0),
        "tf": (32.0, 0.0, 0.0),
        "tf/float32": (32.0, 0.0, 0.0),
    },
    "log1pmx": {
        "r": (8.0, 0.0, 0.0),
        "tmb": (8.0, 0.0, 0.0),
        "numpy": (8.0, 0.0, 0.0),
        "numpy/float32": (16.0, 0.0, 0.0),
        "tf": (2.0, 0.0, 4.0),
        "tf/float32": (8.0, 0.0, 4.0),
    },
    "dnorm_log": {
        "r": (4.0, 8.0, 0.0),
        "tmb": (4.0, 8.0, 0.0),
    },
    "dnorm": {
        "r": (1.0, 0.0, 1.0),
    },
    "dlnorm_log": {
        "r": (1.0, 2.0, 1.0),
    },
    "dexp_log": {
        "r": (1.0, 0.5, 1.0),
        "tmb": (1.0, 0.5, 1.0),
    },
    "dcauchy_log": {
        "r": (1.0, 2.0, 0.0),
    },
    "dlogis_log": {
        "r": (2.0, 4.0, 0.0),
        "tmb": (2.0, 4.0, 0.0),
    },
    "dgamma_log": {
        "tmb": (2.0, 32.0, 1.0),
    },
    "dbeta_log": {
        "r": (16.0, 16.0, 2.0),
        "tmb": (16.0, 16.0, 4.0),
    },
    "dt_log": {
        "r": (8.0, 64.0, 0.0),
        "tmb": (8.0, 64.0, 0.0),
    },
    "df_log": {
        "tmb": (4.0, 64.0, 2.0),
    },
    "dunif_log": {
        "r": (1.0, 1.0, 0.0),
    },
    "expm1mx": {
        "tmb": (4.0, 0.0, 0.0),
    },
    "wright_log": {
        "r": (1.0, 16.0, 1.0),
        "tmb": (1.0, 16.0, 2.0),
        "numpy": (1.0, 8.0, 1.0),
        "numpy/float32": (1.0, 8.0, 4.0),
        "tf": (1.0, 16.0, 8.0),
        "tf/float32": (1.0, 16.0, 1.0),
    },
    "wright_slope": {
        "r": (8.0, 32.0, 2.0),
        "tmb": (2.0, 128.0, 2.0),
        "numpy": (1.0, 32.0, 2.0),
        "numpy/float32": (16.0, 32.0, 0.0),
        "tf": (64.0, 8.0, 0.0),
        "tf/float32": (16.0, 32.0, 0.0),
    },
    "wright_second": {
        "r": (1.0, 8192.0, 0.0),
        "tmb": (1.0, 4096.0, 0.0),
        "numpy": (1.0, 16384.0, 0.0),
        "numpy/float32": (1.0, 4096.0, 0.0),
        "tf": (1.0, 8192.0, 0.0),
        "tf/float32": (2.0, 2048.0, 0.0),
    },
    "wright_third": {
        "r": (1.0, 65536.0, 0.0),
        "tmb": (2.0, 131072.0, 0.0),
        "numpy": (1.0, 32768.0, 0.0),
        "numpy/float32": (1.0, 524288.0, 0.0),
        "tf": (2.0, 32768.0, 0.0),
        "tf/float32": (2.0, 262144.0, 0.0),
    },
    "dtweedie_log": {
        "tmb": (8.0, 2.0, 2.0),
    },
    "dpois_log": {
        "tmb": (2.0, 16.0, 2.0),
    },
    "dbinom_log": {
        "r": (2.0, 0.0, 4.0),
        "tmb": (4.0, 0.0, 4.0),
    },
    "dnbinom_log": {
        "r": (16.0, 0.0, 8.0),
        "tmb": (16.0, 64.0, 8.0),
    },
    "dnbinom_mu_log": {
        "tmb": (16.0, 0.0, 2.0),
    },
    "dgeom_log": {
        "r": (4.0, 0.0, 0.0),
        "tmb": (4.0, 0.0, 0.0),
    },
}
