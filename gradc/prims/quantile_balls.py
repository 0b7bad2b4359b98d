"""Ball arithmetic of quantiles: inverses of distribution functions, found by Newton's method.

A root is enclosed by signs: the distribution function is below the probability on one side
of the ball and above it on the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradc.prims import balls

Ball = Any
Map = Callable[[Ball], Ball]

_STEPS = 200
_GUARD = 40


def enclosed(log_value: Map, log_slope: Map, level: Ball, start: Ball) -> Ball:
    """The root of ``log_value(x) = level`` for an increasing, concave ``log_value``.

    From the left of the root Newton's method climbs to it, from the right it first goes left.
    """
    from flint import arb, ctx

    wanted = ctx.prec
    with ctx.workprec(wanted + _GUARD):
        x, near = start, arb(2) ** (-wanted // 2 - 4)
        for _ in range(_STEPS):
            step = ((log_value(x) - level) / log_slope(x)).mid()
            if not step.is_finite():
                return balls.nan()
            x = (x - step).mid()
            if abs(step) <= near * abs(x):
                break
        x = (x - (log_value(x) - level) / log_slope(x)).mid()
        for spare in (8, 24, 40, wanted // 2):
            reach = abs(x) * arb(2) ** (spare - wanted) + arb(2) ** (spare - 2 * wanted)
            if log_value(x - reach) < level < log_value(x + reach):
                return arb(x, reach.upper())
    return balls.nan()


def monotone(value: Map) -> Map:
    """A monotone function of a ball, from its values at the two ends."""

    def between(p: Ball) -> Ball:
        return value(p) if p.is_exact() else balls.hull(value(p.lower()), value(p.upper()))

    return between


def _below(level: Ball) -> Ball:
    """The quantile at exp(level), for a level below log(1/2)."""
    start = -(-2 * level).sqrt() if level < -4 else 0 * balls.one() - 1
    return enclosed(balls.log_normal_below, balls.inverse_mills, level, start.mid())


@monotone
def normal(p: Ball) -> Ball:
    """The normal quantile; infinite at 0 and 1, NaN outside."""
    from flint import arb

    if p.is_zero():
        return arb.neg_inf()
    if p == 1:
        return arb.pos_inf()
    if not (p > 0) or not (p < 1):
        return balls.nan()
    if p == arb(0.5):
        return arb(0)
    return _below(p.log()) if p < arb(0.5) else -_below((-p).log1p())


@monotone
def normal_log(p: Ball) -> Ball:
    """The normal quantile at exp(p)."""
    from flint import arb

    if p.is_zero():
        return arb.pos_inf()
    if p == arb.neg_inf():
        return p
    if not (p < 0):
        return balls.nan()
    if p < -arb(2).log():
        return _below(p)
    return -_below((-p.expm1()).log())


# ------------------------------------------------------------------------------- by tails

Tails = Callable[..., tuple[Ball, Ball]]
"""``tails(s, *shapes)``: logs of the two tails at the point that ``s`` stands for."""

_ROUGH = 64


def _bracket(excess: Map) -> tuple[Ball, Ball] | None:
    """Two numbers between which an increasing function changes its sign."""
    from flint import arb

    low, high = arb(-1), arb(1)
    for _ in range(70):
        at_low, at_high = excess(low), excess(high)
        if at_low < 0 < at_high:
            return low, high
        if not at_low < 0:
            low, high = 2 * low, low
        if not at_high > 0:
            low, high = high, 2 * high
    return None


def _root(excess: Map) -> Ball:
    """The root of an increasing function: halving first, then the secant method.

    What is found is enclosed by signs, in a ball that is as narrow as they allow.
    """
    from flint import arb, ctx

    wanted = ctx.prec
    with ctx.workprec(_ROUGH):
        found = _bracket(excess)
        if found is None:
            return balls.nan()
        low, high = found
        while high - low > arb(2) ** -12 * (abs(low) + abs(high)) + arb(2) ** -60:
            middle = ((low + high) / 2).mid()
            low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    with ctx.workprec(wanted + 2 * _GUARD):
        x, y, at_x = low, high, excess(low)
        for _ in range(60):
            at_y = excess(y)
            step = ((y - x) / (at_y - at_x) * at_y).mid()
            if not step.is_finite():
                break
            x, y, at_x = y, (y - step).mid(), at_y
            if abs(step) <= abs(y) * arb(2) ** -(wanted // 2 + 20):
                step = (y - x) / (excess(y) - at_x) * excess(y)
                y = (y - step).mid() if step.is_finite() else y
                break
        for spare in (0, 8, 24, 40, wanted // 4):
            reach = abs(y) * arb(2) ** (spare - wanted) + arb(2) ** (spare - wanted - 60)
            if excess(y - reach) < 0 < excess(y + reach):
                return arb(y, reach.upper())
    return balls.nan()


def levels(p: Ball, upper: bool, log: bool) -> tuple[Ball, Ball]:
    """Logs of the lower and of the upper tail that p says."""
    log_p = p if log else p.log()
    log_rest = (-p.exp()).log1p() if log else (-p).log1p()
    return (log_rest, log_p) if upper else (log_p, log_rest)


def by_tails(
    tails: Tails, place: Map, ends: tuple[float, float], directions: str, *, upper: bool, log: bool
) -> Callable[..., Ball]:
    """A quantile function of p and of shapes; ``ends`` are its values at 0 and 1."""
    from gradc.prims.cumulative_balls import corners

    def value(p: Ball, *shapes: Ball) -> Ball:
        from flint import arb

        nothing, all_ = (arb.neg_inf(), arb(0)) if log else (arb(0), arb(1))
        if not all(shape > 0 for shape in shapes):
            return balls.nan()
        if bool(p == nothing) or bool(p == all_):
            return arb(ends[(p == all_) != upper])
        if not (p > nothing and p < all_):
            return balls.nan()

        def excess(s: Ball) -> Ball:
            low, high = tails(s, *shapes)
            log_low, log_high = levels(p, upper, log)
            # Both differences are increasing; the one of the smaller tail has all the digits.
            return low - log_low if log_low < log_high else log_high - high

        return place(_root(excess))

    first = "-" if upper else "+"
    return corners(value, first + directions) if directions else _all_corners(value, upper)


def _all_corners(value: Callable[..., Ball], upper: bool) -> Callable[..., Ball]:
    def between(p: Ball, v: Ball) -> Ball:
        if p.is_exact() and v.is_exact():
            return value(p, v)
        ends = [value(s, t) for s in (p.lower(), p.upper()) for t in (v.lower(), v.upper())]
        return balls.hull(balls.hull(ends[0], ends[1]), balls.hull(ends[2], ends[3]))

    return between
