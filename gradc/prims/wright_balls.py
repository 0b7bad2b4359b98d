"""Ball arithmetic of the Wright function on the scale of its size, and of its derivatives.

T(x, a) = log(Σ (x^(1 + a) a^a)^j/(j! Γ(a j))) - (1 + a) x, the sum over j = 1, 2, …. Few terms are
summed one by one: their logarithms are concave in j, so that a geometric series bounds what is
left out on either side. Where there would be many, the contour integral is computed instead. Both
give the derivatives of the sum in log(x) and in a, and these give those of its logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gradc.prims import balls

Ball = Any
Order = tuple[int, int]
Dyadic = tuple[int, int]
Jet = dict[Order, Any]
"""Derivatives by their orders in log(x) and in a."""

_MOST_TERMS = 2000
_MOST_ORDER = 6
_GUARD = 40
_SLOPE_BITS = 40
_NEAR = 2.0**-20
_MANY_BITS = 300
_LARGEST = 1e100
_COARSE = 2.0**-4


def _orders(m: int, n: int) -> list[Order]:
    return [(i, k) for i in range(m + 1) for k in range(n + 1)]


def _up_to(top: int) -> list[Order]:
    return [(i, k) for i in range(top + 1) for k in range(top + 1 - i)]


def _leibniz(order: Order, first: Mapping[Order, Any], second: Mapping[Order, Any]) -> Any:
    """Σ over all shares of the order, of which the first gets one derivative more."""
    (m, n), place = order, 0 if order[0] else 1
    rest = (m - 1, n) if place == 0 else (m, n - 1)
    total = None
    for i, k in _orders(*rest):
        one = (i + 1, k) if place == 0 else (i, k + 1)
        factors = first.get(one), second.get((rest[0] - i, rest[1] - k))
        if factors[0] is None or factors[1] is None:
            continue
        term = math.comb(rest[0], i) * math.comb(rest[1], k) * factors[0] * factors[1]
        total = term if total is None else total + term
    return balls.one() * 0 if total is None else total


def _exponential(exponent: Mapping[Order, Any], start: Any, orders: Sequence[Order]) -> Jet:
    """The derivatives of an exponential, which itself is ``start``."""
    jet: Jet = {(0, 0): start}
    for order in orders[1:]:
        jet[order] = _leibniz(order, exponent, jet)
    return jet


def _logarithm(jet: Jet) -> Jet:
    """The derivatives of the logarithm of a function, from its own."""
    scaled = {order: value / jet[0, 0] for order, value in jet.items()}
    found: Jet = {(0, 0): jet[0, 0].log()}
    for order in list(jet)[1:]:
        others = {each: value for each, value in scaled.items() if each != (0, 0)}
        found[order] = scaled[order] - _leibniz(order, found, others)
    return found


# ------------------------------------------------------------------------------------ the sum


def _exponent(j: int, x: Ball, log_ax: Ball, a: Ball, top: int) -> Jet:
    """Derivatives of (1 + a) j log(x) + a j log(a) - lgamma(a j) - (1 + a) x."""
    from flint import arb, arb_series

    # The coefficients of lgamma(a j + t) in t are its derivatives over factorials.
    log_gamma = arb_series([a * j, 1], top + 1).lgamma()
    jet: Jet = {(0, 1): j * (log_ax + 1 - log_gamma[1]) - x}
    for i in range(1, top + 1):
        jet[i, 0] = (1 + a) * (j - x) if i == 1 else -(1 + a) * x
        jet[i, 1] = j - x if i == 1 else -x
    for k in range(2, top + 1):
        power = j * arb(math.factorial(k - 2)) / a ** (k - 1) * (-1) ** k
        jet[0, k] = power - arb(j) ** k * math.factorial(k) * log_gamma[k]
    return jet


def _reach(x: Ball, a: Ball, count: int) -> tuple[float, float]:
    """How far from the largest term the others matter to a derivative: below, and above."""
    from flint import ctx

    middle = max(float(x), 1.0)
    growth = count * (math.log2(float(_largest(x, a, count).upper())) + 2 * math.log2(middle + 100))
    drop = (ctx.prec + _GUARD + growth) * math.log(2) / (1 + float(a))
    return math.sqrt(2 * drop * middle), drop / 3 + math.sqrt(drop**2 / 9 + 2 * drop * middle)


def _few(x: Ball, a: Ball, count: int) -> bool:
    return sum(_reach(x, a, count)) < _MOST_TERMS


def _largest(x: Ball, a: Ball, count: int) -> Ball:
    """No derivative of an exponent is above this times j^2, for j >= 1."""
    powers = (1 + 1 / a) ** max(count, 1)
    return 2 * (1 + a) * (1 + x) * (2 + abs(x.log())) + 2 * math.factorial(count) * powers


def _sum(x: Ball, a: Ball, top: int) -> Jet:
    """The sum and its derivatives."""
    from flint import arb

    below, above = _reach(x, a, top)
    first = max(1, math.floor(float(x) - below) - 2)
    last = math.ceil(max(float(x), 1.0) + above) + 3
    log_x = x.log()
    log_ax = log_x + a.log()
    base = ((1 + a) * log_x + a * a.log()).exp()
    factor = base**first * (-(1 + a) * x).exp() / math.factorial(first)
    sizes: list[Ball] = []
    for j in range(first, last + 1):
        sizes.append(factor * (a * j).rgamma())
        factor = factor * base / (j + 1)
    orders = _up_to(top)
    total: Jet = dict.fromkeys(orders, arb(0))
    for j, size in enumerate(sizes, first):
        exponent = _exponent(j, x, log_ax, a, top) if top else {}
        for order, value in _exponential(exponent, size, orders).items():
            total[order] = total[order] + value
    ends = [(last, sizes[-1], sizes[-1] / sizes[-2])]
    if first > 1:
        ends.append((first, sizes[0], sizes[0] / sizes[1]))
    for order in total:
        total[order] = total[order] + arb(0, _left_out(ends, x, a, sum(order)).upper())
    return total


def _left_out(ends: Iterable[tuple[int, Ball, Ball]], x: Ball, a: Ball, count: int) -> Ball:
    """What the terms beyond the first and the last add to a derivative of this order at most.

    It is a sum of at most count^count products of as many derivatives of an exponent.
    """
    from flint import arb

    total = arb(0)
    size = _largest(x, a, count)
    for j, term, ratio in ends:
        # Above, the powers grow with j; below, they only fall.
        ratio = ratio * (1 + arb(1) / j) ** (2 * count)
        if not ratio < 1:
            return balls.nan()
        most = (size * arb(j) ** 2 * max(count, 1)) ** count
        total = total + most * term * ratio / (1 - ratio)
    return total


# ------------------------------------------------------------------------------- the integral


def _integral(x: Ball, a: Ball, m: int, n: int) -> tuple[Jet, Ball]:
    """The same by ∫ exp(x h) (1 + i t) dt/π over all t.

    With exp(w) = (1 + i t)², h is a(exp(w) - 1 - w) + (exp(-a w) - 1 + a w): this is Hankel's
    integral along s = a x exp(w). In size exp(x h) is at most exp(-a x t²), and what is asked
    for is twice the real part over t > 0.
    """
    from flint import acb, arb, ctx

    end = (arb(ctx.prec + _GUARD) * arb(2).log() / (a * x)).sqrt().upper()
    scale = arb((1 / (a * (1 + a) * x).sqrt()).mid())
    count = m + n

    def exponent(t: Any, analytic: bool) -> Jet:
        if analytic and not t.imag < 1:  # where the logarithm's cut begins
            return dict.fromkeys(_orders(m, n), acb("nan"))
        w = 2 * (acb(0, 1) * t).log1p()
        fall = (-a * w).exp()
        turns = [a * _expm1mx(w) + _expm1mx(-a * w), _expm1mx(w) - w * (-a * w).expm1()]
        turns += [(-w) ** k * fall for k in range(2, n + 1)]
        return {(i, k): x * turn for k, turn in enumerate(turns[: n + 1]) for i in range(m + 1)}

    total: Jet = {}
    for order in _orders(m, n):

        def integrand(u: Any, analytic: bool, order: Order = order) -> Any:
            t = u * scale
            jet = exponent(t, analytic)
            start = jet[0, 0].exp() * (1 + acb(0, 1) * t)
            return _exponential(jet, start, _orders(*order))[order]

        top = arb((end / scale).upper())
        value = acb.integral(integrand, acb(0), acb(top), abs_tol=arb(2) ** -(ctx.prec - 10))
        t = end
        # Each derivative of the exponent is at most this, and grows no faster than t^(2 count + 2).
        size = x * (1 + a) * (2 + t + t * t) * (1 + 2 * (1 + t)) ** max(count, 1)
        most = (size * max(count, 1)) ** max(count, 1) * (1 + t) * (-a * x * t * t).exp()
        rate = 2 * a * x * t - (2 * count * count + 6 * count + 2) / t
        if not rate > 0:
            return {each: balls.nan() for each in _orders(m, n)}, arb(0)
        total[order] = value.real + arb(0, (most / rate / scale).upper())
    return total, (a * x).log() + (2 * scale).log() - balls.exact_pi().log()


def _expm1mx(z: Any) -> Any:
    """exp(z) - 1 - z of a complex ball; near 0 by its series, of which little is left out."""
    from flint import acb, arb, ctx

    size = arb(z.abs_upper())
    if not size < 1:
        return z.expm1() - z
    count, left = 2, size * size
    while left > arb(2) ** (-ctx.prec) * size * size:
        left = left * size / (count + 1)
        count += 1
    series = acb(0)
    for k in range(count, 1, -1):
        series = (series * z + 1) / k
    rest = (left * size).upper()
    return series * z * z + acb(arb(0, rest), arb(0, rest))


# --------------------------------------------------------------------------------- the function


def _bits(x: Ball, a: Ball, count: int) -> int:
    """How many bits the sum loses: its terms' logarithms are large, and its moments cancel."""
    size = (1 + float(a)) * (1 + float(x)) + 1 / float(a) + abs(float(x.log().mid()))
    return (count + 1) * max(0, math.ceil(math.log2(size))) + _GUARD


def _summed(x: Ball, a: Ball, top: int) -> Jet:
    """T and its derivatives up to an order; of balls too, if they are small."""
    from flint import ctx

    with ctx.workprec(ctx.prec + _bits(x, a, top)):
        return _logarithm(_sum(x, a, top))


@lru_cache(maxsize=4096)
def _summed_at(x: Dyadic, a: Dyadic, bits: int, top: int) -> Jet:
    from flint import arb, ctx

    with ctx.workprec(bits):
        return _summed(arb(x), arb(a), top)


@lru_cache(maxsize=4096)
def _summed_near(x: float, a: float, top: int) -> Jet:
    """Of all that is near; what is asked for at one point is asked for there again and again."""
    from flint import arb, ctx

    with ctx.workprec(_SLOPE_BITS):
        return _summed(arb(x, x * _NEAR), arb(a, a * _NEAR), top)


def _integrated(x: Ball, a: Ball, m: int, n: int) -> Ball:
    """T differentiated m times in log(x) and n times in a; of balls too, if they are small."""
    from flint import arb, ctx

    with ctx.workprec(ctx.prec + max(0, math.ceil(math.log2(float(x)))) + _GUARD):
        jet, factor = _integral(x, a, m, n)
        found = _logarithm(jet)[m, n]
        if (m, n) == (0, 0):
            found = found + factor
        if (m, n) == (1, 0):
            found = found + 1  # the factor a x in front
        if m == 0 and n:
            found = found + arb(math.factorial(n - 1)) * (-1) ** (n - 1) / a**n
        return found


def _dyadic(x: Ball) -> Dyadic:
    mantissa, exponent = x.man_exp()
    return int(mantissa), int(exponent)


def _value(x: Ball, a: Ball, m: int, n: int) -> Ball:
    """Of exact numbers."""
    from flint import ctx

    if _few(x, a, m + n):
        # Of many digits a digamma function takes long, else the gradient comes along.
        least = 1 if ctx.prec <= _MANY_BITS else 0
        return _summed_at(_dyadic(x), _dyadic(a), ctx.prec, max(m + n, least))[m, n]
    return _integrated(x, a, m, n)


def _slope(x: Ball, a: Ball, m: int, n: int) -> Ball:
    """Over a ball, to some digits."""
    from flint import arb, ctx

    with ctx.workprec(_SLOPE_BITS):
        if not _few(x, a, m + n):
            return _integrated(x, a, m, n)
        middles = [_rounded(float(ball.mid())) for ball in (x, a)]
        wide = [arb(middle, middle * _NEAR) for middle in middles]
        if wide[0].contains(x) and wide[1].contains(a):
            found = _summed_near(*middles, max(m + n, 2))[m, n]
            if found.rad() < _COARSE * (1 + abs(found)):
                return found
        return _summed(x, a, m + n)[m, n]


def _rounded(x: float) -> float:
    mantissa, exponent = math.frexp(x)
    return math.ldexp(round(mantissa * 2**22), exponent - 22)


def _order(n: Ball) -> int | None:
    return int(n.unique_fmpz()) if n.is_exact() and n.is_integer() and n >= 0 else None


def wright_slope(x: Ball, a: Ball, m: Ball, n: Ball) -> Ball:
    """T differentiated m times in log(x) and n times in a, by the mean value form."""
    from flint import arb

    first, second = _order(m), _order(n)
    if first is None or second is None or first + second > _MOST_ORDER:
        return balls.nan()
    if not (x > 0 and x < _LARGEST and a > 1 / _LARGEST and a < _LARGEST):
        return balls.nan()
    value = _value(arb(x.mid()), arb(a.mid()), first, second)
    if not x.is_exact():
        value = value + _slope(x, a, first + 1, second) / x * (x - x.mid())
    if not a.is_exact():
        value = value + _slope(x, a, first, second + 1) * (a - a.mid())
    return value


def wright_log(x: Ball, a: Ball) -> Ball:
    """T itself."""
    from flint import arb

    return wright_slope(x, a, arb(0), arb(0))
