"""How accurate distribution functions and quantiles are on each target: measured.

See :mod:`gradc.prims.accuracy`, which says how and what the numbers are.
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
    },
    "qgamma_upper": {
        "r": (512.0, 0.0, 0.0),
        "tmb": (512.0, 0.0, 0.0),
        "numpy": (512.0, 0.0, 0.0),
        "numpy/float32": (1.0, 0.0, 0.0),
    },
    "qgamma_log": {
        "r": (4.0, 0.0, 4.0),
        "tmb": (4.0, 0.0, 4.0),
    },
    "qgamma_upper_log": {
        "r": (8.0, 0.0, 2.0),
        "tmb": (8.0, 0.0, 4.0),
    },
    "qt": {
        "r": (256.0, 0.0, 2.0),
        "tmb": (256.0, 0.0, 2.0),
    },
}
