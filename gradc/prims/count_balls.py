"""Ball arithmetic of the probabilities of counts; see ``density_balls``."""

from __future__ import annotations

import math
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

_FUZZ = 1e-7  # R_nonint() of R's nmath: so far from a whole number is one still
# Up to here products take a twentieth of the time of lgamma().
_FEW = 1000


def _count(x: Ball) -> bool | None:
    """Whether a ball is a count, by R's tolerance; None where it does not tell."""
    if not x.is_finite():
        return False if x.is_exact() and not x.is_nan() else None
    if x.is_exact():
        nearest = balls.nearest(x)
        size = abs(x)
        fuzz = _FUZZ * (size if size > 1 else balls.one())
        return bool(abs(x - nearest) <= fuzz) and bool(nearest >= 0)
    if x < 0:
        return False
    return True if x.contains_integer() else None


def _few(x: Any) -> int | None:
    """The small whole number that a ball or a series is, None where it is not one."""
    if not hasattr(x, "is_zero"):
        x = x[0] if x[1].is_zero() else None
    if x is None or not (x.is_exact() and x.is_integer() and 0 <= x <= _FEW):
        return None
    return int(x.unique_fmpz())


def _log_factorial(x: Any) -> Any:
    count = _few(x)
    return (x + 1).lgamma() if count is None else _log_whole(math.factorial(count))


def _log_whole(number: int) -> Ball:
    from flint import arb

    return arb(number).log()


def _log_rising(x: Any, size: Any) -> Any:
    """log(gamma(x + size)/gamma(size)/x!)."""
    count = _few(x)
    if count is None:
        return (x + size).lgamma() - size.lgamma() - (x + 1).lgamma()
    return log_of(size.rising(count)) - _log_whole(math.factorial(count))


@centred
def _dpois(x: Any, rate: Any) -> Any:
    return x * log_of(rate) - rate - _log_factorial(x)


def dpois_log(x: Ball, rate: Ball) -> Ball:
    if is_nan((x, rate)):
        return balls.nan()
    known = _count(x)
    if not rate >= 0:
        return unclaimed() if known is False else balls.nan()
    if known is None:
        return balls.nan()
    if not known:
        return infinite(-1)
    if x.is_zero():
        return -rate
    if rate.is_zero() or not finite(rate):
        return infinite(-1)
    return with_bits(_dpois, x, rate) if rate > 0 else balls.nan()


@centred
def _dbinom(x: Any, n: Any, p: Any) -> Any:
    rest = n - x
    ways = _log_factorial(n) - _log_factorial(x) - _log_factorial(rest)
    return ways + x * log_of(p) + rest * log_of(1 - p)


def dbinom_log(x: Ball, n: Ball, p: Ball) -> Ball:
    if is_nan((x, n, p)):
        return balls.nan()
    known, size = _count(x), _count(n)
    if not (size and p >= 0 and p <= 1):
        return unclaimed() if known is False else balls.nan()
    if known is None:
        return balls.nan()
    if not known or x > n:
        return infinite(-1)
    rest = n - x
    if x.is_zero() or rest.is_zero():
        edge = log_of(p) if rest.is_zero() else balls.log1p(-p)
        return 0 * n if n.is_zero() else n * edge
    if p.is_zero() or (1 - p).is_zero():
        return infinite(-1)
    return with_bits(_dbinom, x, n, p) if rest > 0 and p > 0 and p < 1 else balls.nan()


def dbernoulli_logit(x: Ball, eta: Ball) -> Ball:
    if is_nan((x, eta)):
        return balls.nan()
    if x == 0 or x == 1:
        return -balls.softplus((1 - 2 * x) * eta)
    return infinite(-1) if not (x.contains(0) or x.contains(1)) else balls.nan()


def dbinom_logit_log(x: Ball, n: Ball, logit: Ball) -> Ball:
    """Of the outcome that is not the likelier one: its chance is small, not near 1."""
    if logit > 0:
        return dbinom_log(n - x, n, balls.sigmoid(-logit))
    return dbinom_log(x, n, balls.sigmoid(logit))


@centred
def _dnbinom(x: Any, size: Any, p: Any) -> Any:
    ways = _log_rising(x, size)
    return ways + size * log_of(p) + x * log_of(1 - p)


def dnbinom_log(x: Ball, size: Ball, p: Ball) -> Ball:
    if is_nan((x, size, p)):
        return balls.nan()
    known = _count(x)
    if not (p > 0 and p <= 1) or size < 0 or known is None:
        return unclaimed() if known is False else balls.nan()
    if not known:
        return infinite(-1)
    if x.is_zero():
        return size * p.log()
    if size.is_zero() or (1 - p).is_zero():
        return infinite(-1)
    return with_bits(_dnbinom, x, size, p) if positive(size) and p < 1 else balls.nan()


@centred
def _dnbinom_mu(x: Any, size: Any, mu: Any) -> Any:
    ways = _log_rising(x, size)
    total = size + mu
    return ways - size * log_of(1 + mu / size) + x * (log_of(mu) - log_of(total))


@centred
def _dnbinom_none(size: Any, mu: Any) -> Any:
    return -size * log_of(1 + mu / size)


def dnbinom_mu_log(x: Ball, size: Ball, mu: Ball) -> Ball:
    if is_nan((x, size, mu)):
        return balls.nan()
    known = _count(x)
    if not mu >= 0 or size < 0 or known is None:
        return unclaimed() if known is False else balls.nan()
    if not known:
        return infinite(-1)
    if size.is_zero():
        return 0 * mu if x.is_zero() else infinite(-1)
    if not finite(size):
        return unclaimed()
    if not positive(size):
        return balls.nan()
    if x.is_zero():
        return with_bits(_dnbinom_none, size, mu)
    if mu.is_zero():
        return infinite(-1)
    return with_bits(_dnbinom_mu, x, size, mu) if mu > 0 else balls.nan()


def dgeom_log(x: Ball, p: Ball) -> Ball:
    if is_nan((x, p)):
        return balls.nan()
    known = _count(x)
    if not (p > 0 and p <= 1) or known is None:
        return unclaimed() if known is False else balls.nan()
    if not known:
        return infinite(-1)
    return p.log() if x.is_zero() else p.log() + x * balls.log1p(-p)
