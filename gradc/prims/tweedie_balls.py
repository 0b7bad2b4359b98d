"""Ball arithmetic of the Tweedie density; of the Wright function in it, see ``wright_balls``."""

from __future__ import annotations

from typing import Any

from gradc.prims import balls
from gradc.prims.density_balls import (
    Ball,
    centred,
    finite,
    infinite,
    is_nan,
    log_of,
    positive,
    unclaimed,
    with_bits,
)
from gradc.prims.wright_balls import wright_log, wright_slope

__all__ = ["dtweedie_log", "wright_log", "wright_slope"]


@centred
def _expm1mx(x: Any) -> Any:
    return x.exp() - 1 - x


def expm1mx(x: Ball) -> Ball:
    """exp(x) - 1 - x."""
    from flint import arb, ctx

    if not x.is_finite():
        return arb.pos_inf() if x.is_exact() and not x.is_nan() else balls.nan()
    bits = int(ctx.prec)
    if not x.mid().is_zero() and abs(x.mid()) < 1:  # below 1, 2 log2(x) bits cancel
        mantissa, exponent = x.mid().man_exp()
        bits += -2 * (abs(int(mantissa)).bit_length() + int(exponent)) + 10
    with ctx.workprec(min(bits, 8000)):
        value = _expm1mx(x)
    return +value


@centred
def _deviance(y: Any, mu: Any, phi: Any, p: Any) -> Any:
    """Half of the deviance over phi, and log(y)."""
    low, high = p - 1, 2 - p
    at_mean = (-low * log_of(mu)).exp() * y / low + (high * log_of(mu)).exp() / high
    return (at_mean - (high * log_of(y)).exp() / (low * high)) / phi + log_of(y)


@centred
def _atom(mu: Any, phi: Any, p: Any) -> Any:
    return -((2 - p) * log_of(mu)).exp() / (phi * (2 - p))


@centred
def _x(y: Any, phi: Any, p: Any) -> Any:
    return ((2 - p) * log_of(y)).exp() / (phi * (2 - p))


@centred
def _a(p: Any) -> Any:
    return (2 - p) / (p - 1)


def dtweedie_log(y: Ball, mu: Ball, phi: Ball, p: Ball) -> Ball:
    if is_nan((y, mu, phi, p)):
        return balls.nan()
    if mu <= 0 or phi <= 0 or p <= 1 or p >= 2:
        return balls.nan()
    if not (positive(mu, phi) and p > 1 and p < 2):
        return balls.nan()
    if y < 0:
        return infinite(-1)
    if not finite(y, mu, phi):
        return unclaimed()
    if y.is_zero():
        return _atom(mu, phi, p)
    if not y > 0:
        return balls.nan()
    return wright_log(_x(y, phi, p), _a(p)) - with_bits(_deviance, y, mu, phi, p)
