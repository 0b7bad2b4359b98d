"""Ball arithmetic of incomplete gamma and beta functions and of their moments.

Series are summed here term by term: their terms are positive, so nothing cancels however
large the shapes are, and what is left out is bounded by a geometric series. A derivative of
order n is a central difference of that order, and Cauchy's estimate bounds what it leaves out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from gradc.prims import balls

Ball = Any
Function = Callable[..., Ball]

_GUARD = 30
_MOST_TERMS = 400_000
_NEAR_ONE = 0.98


def corners(value: Function, directions: str) -> Function:
    """A function that is monotone in each argument, of balls: from values at two corners.

    ``directions`` has ``+``, ``-`` or ``=`` for each argument, ``=`` for an exact order.
    """

    def between(*args: Ball) -> Ball:
        if any(arg.is_nan() for arg in args):
            return balls.nan()
        if all(arg.is_exact() for arg in args):
            return value(*args)
        ends = [
            (arg, arg) if way == "=" else (arg.lower(), arg.upper())[:: 1 if way == "+" else -1]
            for arg, way in zip(args, directions, strict=True)
        ]
        return balls.hull(value(*(low for low, _ in ends)), value(*(high for _, high in ends)))

    return between


def _sum(first: Ball, ratio: Callable[[int], Ball], limit: Ball) -> Ball:
    """first*(1 + ratio(0)*(1 + ratio(1)*(…))), where later ratios lie below max(ratio, limit)."""
    from flint import arb, ctx

    term = total = first
    small = arb(2) ** -(ctx.prec + 4)
    for k in range(_MOST_TERMS):
        factor = ratio(k)
        term = term * factor
        total = total + term
        if term < total * small:
            bound = factor.max(limit)
            if bound < 1:
                rest = (term * bound / (1 - bound)).upper()
                return total + arb(0, rest)
    return balls.nan()


def difference(value: Function, at: tuple[Ball, ...], orders: tuple[int, ...], signs: str) -> Ball:
    """A mixed partial derivative of a function that is at most ``value`` where signs point.

    ``value`` of complex arguments within 1/2 of ``at`` is in size at most its value at the
    real point that is 1/2 further up (``+``) or down (``-``) in each argument.
    """
    from flint import arb, ctx

    wanted = ctx.prec
    count = sum(orders)
    if not count:
        return value(*at)
    half = wanted // 2 + _GUARD
    with ctx.workprec(wanted + count * half + 2 * _GUARD):
        step = arb(2) ** -half
        total = arb(0)
        for picks in itertools.product(*(range(n + 1) for n in orders)):
            weight, point = 1, []
            for x, n, k in zip(at, orders, picks, strict=True):
                weight *= (-1) ** k * math.comb(n, k)
                point.append(x + step * arb(n - 2 * k) / 2)
            total = total + weight * value(*point)
        total = total / step**count
        reach = [
            x + arb(0.5) * (1 if sign == "+" else -1) for x, sign in zip(at, signs, strict=True)
        ]
        largest = value(*reach)
        # Cauchy's estimate in circles of radius 1/4 around points that lie within 1/4.
        left = arb(0)
        for place, n in enumerate(orders):
            if n:
                higher = [m + 2 * (place == k) for k, m in enumerate(orders)]
                scale = math.prod(math.factorial(m) for m in higher) * 4 ** sum(higher)
                left = left + arb(n) / 24 * step**2 * scale * largest
        return total + arb(0, left.upper())


def _order(n: Ball) -> int | None:
    return int(n.unique_fmpz()) if n.is_exact() and n.is_integer() and n >= 0 else None


# ------------------------------------------------------------------------------- gamma


def _series(x: Ball, a: Ball) -> Ball:
    """∫ exp(-(a+1)u + x(1 - e^-u)) du over u > 0 = Σ x^k/(a+1)_(k+1)."""
    return _sum(1 / (a + 1), lambda k: x / (a + 2 + k), 0 * x)


def _tail(x: Ball, a: Ball) -> Ball:
    """∫ exp(au - x(e^u - 1)) du over u > 0 = U(1, a + 1, x)."""
    return x.hypgeom_u(balls.one(), a + 1)


def _gamma_below(x: Ball, a: Ball, n: Ball) -> Ball:
    order = _order(n)
    if order is None or not (a > 0) or not (x >= 0):
        return balls.nan()
    found = difference(lambda s: _series(x, s), (a,), (order,), "-")
    return -found if order % 2 else found


def _gamma_above(x: Ball, a: Ball, n: Ball) -> Ball:
    order = _order(n)
    if order is None or not (a > 0) or not (x > 0):
        return balls.nan()
    return difference(lambda s: _tail(x, s), (a,), (order,), "+")


def log_gamma_tails(x: Ball, a: Ball) -> tuple[Ball, Ball]:
    """log of the lower and of the upper regularized incomplete gamma function."""
    if x < a + 1:
        log_low = a * x.log() - x - (a + 1).lgamma() + (x * _series(x, a)).log1p()
        return log_low, (-log_low.exp()).log1p()
    log_high = a * x.log() - x - a.lgamma() + _tail(x, a).log()
    return (-log_high.exp()).log1p(), log_high


def _gamma(upper: bool, log: bool) -> Function:
    def value(x: Ball, a: Ball) -> Ball:
        from flint import arb

        if not (a > 0):
            return balls.nan()
        at_end = x == arb.pos_inf() if not (x <= 0) else False
        if x <= 0 or at_end:
            full = bool(at_end) != upper
            return (arb(0) if log else arb(1)) if full else (arb.neg_inf() if log else arb(0))
        found = log_gamma_tails(x, a)[upper]
        if log:
            return found
        other = log_gamma_tails(x, a)[not upper]
        return found.exp() if found < other else -other.expm1()

    return corners(value, "-+" if upper else "+-")


pgamma = _gamma(upper=False, log=False)
pgamma_upper = _gamma(upper=True, log=False)
log_pgamma = _gamma(upper=False, log=True)
log_pgamma_upper = _gamma(upper=True, log=True)
gamma_below = corners(_gamma_below, "+-=")
gamma_above = corners(_gamma_above, "-+=")


# ------------------------------------------------------------------------------- beta


def _beta_series(x: Ball, u: Ball, w: Ball) -> Ball:
    """∫ exp(-u s) (1 - x(1 - e^-s))^-w ds over s > 0 = Σ (w)_k/(u)_(k+1) x^k."""
    if x > _NEAR_ONE and u > 2 and w > u:
        return _beta_series_near_one(x, u, w)
    return _sum(1 / u, lambda k: (w + k) * x / (u + 1 + k), x)


def _beta_series_near_one(x: Ball, u: Ball, w: Ball) -> Ball:
    """The same from the other tail, whose series is short: what cancels is made up by bits."""
    from flint import ctx

    a, b = u - 1, w - 1 - (u - 1)
    lost = float((-a * x.log()).upper()) * 1.5 + _GUARD
    if not lost < _MOST_TERMS:
        return balls.nan()
    with ctx.workprec(ctx.prec + int(lost)):
        y = 1 - x
        powers = (a * x.log() + b * y.log()).exp()
        whole = (a.lgamma() + b.lgamma() - (a + b).lgamma()).exp()
        other = _sum(1 / (b + 1), lambda k: (a + b + 1 + k) * y / (b + 2 + k), y)
        tail = powers / (b * whole) * (1 + (a + b) * y * other)
        return ((1 - tail) * a * whole / powers - 1) / ((a + b) * x)


def _beta_below(x: Ball, a: Ball, b: Ball, n: Ball, m: Ball) -> Ball:
    first, second = _order(n), _order(m)
    if first is None or second is None or not (a > 0 and b > 0 and x >= 0 and x < 1):
        return balls.nan()
    at = (a + 1, a + b + 1)
    found = difference(lambda u, w: _beta_series(x, u, w), at, (first, second), "-+")
    return -found if first % 2 else found


def _log_beta_low(x: Ball, y: Ball, a: Ball, b: Ball) -> Ball:
    """log of the regularized incomplete beta function by its series; y is 1 - x."""
    scale = a * x.log() + b * y.log() - (a + 1).lgamma() - b.lgamma() + (a + b).lgamma()
    return scale + ((a + b) * x * _beta_series(x, a + 1, a + b + 1)).log1p()


def log_beta_tails(x: Ball, a: Ball, b: Ball) -> tuple[Ball, Ball]:
    if x * (a + b + 2) < a + 1:
        log_low = _log_beta_low(x, 1 - x, a, b)
        return log_low, (-log_low.exp()).log1p()
    log_high = _log_beta_low(1 - x, x, b, a)
    return (-log_high.exp()).log1p(), log_high


def _beta(upper: bool, log: bool) -> Function:
    def value(x: Ball, a: Ball, b: Ball) -> Ball:
        from flint import arb

        if not (a > 0 and b > 0):
            return balls.nan()
        if x <= 0 or x >= 1:
            full = bool(x >= 1) != upper
            return (arb(0) if log else arb(1)) if full else (arb.neg_inf() if log else arb(0))
        found = log_beta_tails(x, a, b)[upper]
        if log:
            return found
        other = log_beta_tails(x, a, b)[not upper]
        return found.exp() if found < other else -other.expm1()

    return corners(value, "-+-" if upper else "+-+")


pbeta = _beta(upper=False, log=False)
pbeta_upper = _beta(upper=True, log=False)
log_pbeta = _beta(upper=False, log=True)
log_pbeta_upper = _beta(upper=True, log=True)
beta_below = corners(_beta_below, "+-+==")


# ------------------------------------------------------------------------------- Student's t


def _student(log: bool) -> Function:
    def of_exact(x: Ball, n: Ball) -> Ball:
        from flint import arb

        if not (n > 0):
            return balls.nan()
        if x.is_zero():
            return arb(0.5).log() if log else arb(0.5)
        if not x.is_finite():
            full = x == arb.pos_inf()
            return (arb(0) if log else arb(1)) if full else (arb.neg_inf() if log else arb(0))
        low, high = log_beta_tails(x * x / (n + x * x), balls.one() / 2, n / 2)
        log_tail = high - arb(2).log() if low > high else (-low.exp()).log1p() - arb(2).log()
        if x < 0:
            return log_tail if log else log_tail.exp()
        return (-log_tail.exp()).log1p() if log else 1 - log_tail.exp()

    def value(x: Ball, n: Ball) -> Ball:
        if x.is_exact() and n.is_exact():
            return of_exact(x, n)
        # Lighter tails with more degrees of freedom: below 0 it falls in n, above it rises.
        ends = [of_exact(s, t) for s in (x.lower(), x.upper()) for t in (n.lower(), n.upper())]
        return balls.hull(balls.hull(ends[0], ends[1]), balls.hull(ends[2], ends[3]))

    return value


pt = _student(log=False)
log_pt = _student(log=True)
