"""Balls of the quantiles of the gamma, beta and t distributions, and of whole numbers."""

from __future__ import annotations

from typing import Any

from gradc.prims import balls
from gradc.prims.cumulative_balls import log_beta_tails, log_gamma_tails
from gradc.prims.quantile_balls import by_tails

Ball = Any


def _of_exp(s: Ball, a: Ball) -> tuple[Ball, Ball]:
    return log_gamma_tails(s.exp(), a)


def _of_sigmoid(s: Ball, a: Ball, b: Ball) -> tuple[Ball, Ball]:
    if s < 0:
        return log_beta_tails(balls.sigmoid(s), a, b)
    high, low = log_beta_tails(balls.sigmoid(-s), b, a)
    return low, high


def _of_sinh(s: Ball, v: Ball) -> tuple[Ball, Ball]:
    """Tails of Student's t at sinh(s)."""
    from flint import arb

    x = s.sinh()
    half = arb(0.5)
    if x.is_zero():
        return half.log(), half.log()
    inside, outside = v / (v + x * x), x * x / (v + x * x)
    if outside < half:
        _, log_both = log_beta_tails(outside, half, v / 2)
    else:
        log_both, _ = log_beta_tails(inside, v / 2, half)
    log_tail = log_both - arb(2).log()
    log_rest = (-log_tail.exp()).log1p()
    return (log_tail, log_rest) if s < 0 else (log_rest, log_tail)


_INF = float("inf")
_VARIANTS = {
    "": (False, False),
    "_upper": (True, False),
    "_log": (False, True),
    "_upper_log": (True, True),
}
QUANTILES = {
    **{
        f"qgamma{name}": by_tails(_of_exp, lambda s: s.exp(), (0.0, _INF), "+", upper=u, log=log)
        for name, (u, log) in _VARIANTS.items()
    },
    **{
        f"qbeta{name}": by_tails(_of_sigmoid, balls.sigmoid, (0.0, 1.0), "+-", upper=u, log=log)
        for name, (u, log) in _VARIANTS.items()
    },
    "qt": by_tails(_of_sinh, lambda s: s.sinh(), (-_INF, _INF), "", upper=False, log=False),
    "qt_log": by_tails(_of_sinh, lambda s: s.sinh(), (-_INF, _INF), "", upper=False, log=True),
}
