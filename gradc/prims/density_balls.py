"""Ball arithmetic of the density functions, their logarithms and what those are made of.

A formula is written once, for balls and for power series over balls: of arguments that are
wide it gives the mean value form, whose radius is that of the function and not that of
intermediate results that cancel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any

from gradc.prims import balls

Ball = Any
Formula = Callable[..., Any]

_MOST_BITS = 8000


def infinite(sign: int) -> Ball:
    from flint import arb

    return arb.pos_inf() if sign > 0 else arb.neg_inf()


def unclaimed() -> Ball:
    """A ball of which nothing is known: conventions differ there."""
    from flint import arb

    return arb(0, float("inf"))


def centred(formula: Formula) -> Formula:
    """The mean value form: the value at the middle, and the slope over the whole ball."""

    @wraps(formula)
    def value(*args: Ball) -> Ball:
        from flint import arb, arb_series

        if all(arg.is_exact() for arg in args) or not all(arg.is_finite() for arg in args):
            return formula(*args)
        middles = [arb(arg.mid()) for arg in args]
        total = formula(*middles)
        for place, arg in enumerate(args):
            if arg.is_exact():
                continue
            series = [arb_series([a, int(k == place)], 2) for k, a in enumerate(args)]
            slope = formula(*series)
            total = total + slope[1] * (arg - middles[place])
        return total if total.is_finite() else formula(*args)

    return value


def log_of(x: Any) -> Any:
    """log(x) of a ball or a series; -Inf at exactly 0."""
    return balls.logarithm(x) if hasattr(x, "is_zero") else x.log()


def _half_log_two_pi() -> Ball:
    from flint import ctx

    return _half_log_two_pi_of(ctx.prec)


@lru_cache
def _half_log_two_pi_of(bits: int) -> Ball:
    from flint import ctx

    with ctx.workprec(bits):
        return (2 * balls.exact_pi()).log() / 2


# ---------------------------------------------------------------------------- building blocks


def _more_bits(x: Ball) -> int:
    """The working precision at which what cancels at a large argument leaves enough."""
    from flint import ctx

    if not x.is_finite() or x.is_zero():
        return int(ctx.prec)
    mantissa, exponent = abs(x).mid().man_exp()
    size = int(mantissa).bit_length() + int(exponent)
    return min(int(ctx.prec) + 2 * max(size, 0) + 30, _MOST_BITS)


def _stirling(x: Ball, order: int) -> Ball:
    from flint import arb

    if order == 0:
        return x.lgamma() - (x - arb(0.5)) * x.log() + x - _half_log_two_pi()
    if order == 1:
        return x.digamma() + 1 / (2 * x) - x.log()
    sign = 1 if order % 2 else -1
    first = arb(math.factorial(order - 1)) / (2 * x**order)
    second = arb(math.factorial(order - 2)) / x ** (order - 1)
    return balls.polygamma(x, arb(order - 1)) + sign * (first + second)


def stirlerr(x: Ball, n: Ball) -> Ball:
    """The n-th derivative of lgamma(x + 1) - (x + 1/2)*log(x) + x - log(2*pi)/2."""
    from flint import arb, ctx

    if x.is_nan() or not (n.is_exact() and n.is_integer()):
        return balls.nan()
    order = int(n.unique_fmpz())
    if x.is_zero():
        return infinite(-1 if order % 2 else 1)
    if x == arb.pos_inf():
        return arb(0)
    if not x > 0:
        return balls.nan()
    with ctx.workprec(_more_bits(x)):
        if x.is_exact():
            value = _stirling(x, order)
        else:
            slope = _stirling(x, order + 1)
            value = _stirling(arb(x.mid()), order) + slope * (x - x.mid())
    return +value


@centred
def _bd0(x: Any, m: Any) -> Any:
    return x * log_of(x / m) + m - x


def bd0(x: Ball, m: Ball) -> Ball:
    """x*log(x/m) + m - x, the deviance of one count."""
    if x.is_nan() or m.is_nan():
        return balls.nan()
    if x.is_zero():
        return m
    if m.is_zero():
        return infinite(1) if x > 0 else balls.nan()
    if not x.is_finite() or not m.is_finite():
        return balls.nan() if not x.is_finite() else infinite(1)
    return _bd0(x, m) if x > 0 and m > 0 else balls.nan()


@centred
def _log1pmx(x: Any) -> Any:
    return log_of(1 + x) - x


def log1pmx(x: Ball) -> Ball:
    """log(1 + x) - x."""
    from flint import arb, ctx

    if x.is_exact() and x == -1:
        return infinite(-1)
    if x == arb.pos_inf():
        return infinite(-1)
    if not x > -1:
        return balls.nan()
    bits = int(ctx.prec)
    if x.is_exact() and not x.is_zero() and abs(x) < 1:  # below 1, 2 log2(x) bits cancel
        mantissa, exponent = x.man_exp()
        bits += -2 * (abs(int(mantissa)).bit_length() + int(exponent)) + 10
    with ctx.workprec(min(bits, _MOST_BITS)):
        value = _log1pmx(x)
    return +value


# ------------------------------------------------------------------------- conditions on balls


def is_nan(args: Sequence[Ball]) -> bool:
    return any(arg.is_nan() for arg in args)


def positive(*args: Ball) -> bool:
    return all(arg > 0 for arg in args)


def finite(*args: Ball) -> bool:
    return all(arg.is_finite() for arg in args)


# -------------------------------------------------------------------- continuous distributions


@centred
def _dnorm(x: Any, mean: Any, sd: Any) -> Any:
    z = (x - mean) / sd
    return -z * z / 2 - log_of(sd) - _half_log_two_pi()


def dnorm_log(x: Ball, mean: Ball, sd: Ball) -> Ball:
    if is_nan((x, mean, sd)) or sd < 0:
        return balls.nan()
    if sd.is_zero():
        return unclaimed()
    if not positive(sd):
        return balls.nan()
    if not finite(x, mean):
        return balls.nan() if x == mean else infinite(-1)
    return _dnorm(x, mean, sd)


def dnorm(x: Ball, mean: Ball, sd: Ball) -> Ball:
    return dnorm_log(x, mean, sd).exp()


def dlnorm_log(x: Ball, meanlog: Ball, sdlog: Ball) -> Ball:
    if is_nan((x, meanlog, sdlog)):
        return balls.nan()
    if x <= 0:
        return infinite(-1) if sdlog > 0 else unclaimed()
    return dnorm_log(x.log(), meanlog, sdlog) - x.log() if x > 0 else balls.nan()


def dexp_log(x: Ball, rate: Ball) -> Ball:
    if is_nan((x, rate)):
        return balls.nan()
    if x < 0:
        return infinite(-1) if rate > 0 else unclaimed()
    if rate < 0 or not x >= 0:
        return balls.nan()
    return _dexp(x, rate) if positive(rate) and finite(x) else log_of(rate) - rate * x


@centred
def _dexp(x: Any, rate: Any) -> Any:
    return log_of(rate) - rate * x


@centred
def _dcauchy(x: Any, location: Any, scale: Any) -> Any:
    z = (x - location) / scale
    return -log_of(balls.exact_pi() * scale * (1 + z * z))


def dcauchy_log(x: Ball, location: Ball, scale: Ball) -> Ball:
    if not positive(scale):
        return unclaimed() if scale.is_zero() else balls.nan()
    return _dcauchy(x, location, scale)


@centred
def _dlogis(x: Any, location: Any, scale: Any) -> Any:
    z = (x - location) / scale
    return -z - 2 * (1 + (-z).exp()).log() - log_of(scale)


def dlogis_log(x: Ball, location: Ball, scale: Ball) -> Ball:
    if not positive(scale):
        return unclaimed() if scale.is_zero() else balls.nan()
    if not finite(x):
        return infinite(-1) if x.is_exact() and not x.is_nan() else balls.nan()
    # Even in x - location: there, where exp() of it is small.
    distance = x - location
    return _dlogis(-distance if distance < 0 else distance, 0 * balls.one(), scale)


@centred
def _dweibull(x: Any, shape: Any, scale: Any) -> Any:
    t = log_of(x / scale)
    return log_of(shape / scale) + (shape - 1) * t - (shape * t).exp()


def dweibull_log(x: Ball, shape: Ball, scale: Ball) -> Ball:
    if is_nan((x, shape, scale)):
        return balls.nan()
    if not positive(shape, scale):
        return unclaimed() if (shape >= 0 and scale >= 0) or x < 0 else balls.nan()
    if x < 0:
        return infinite(-1)
    if x.is_zero():
        return _at_zero(shape, (shape / scale).log())
    if not finite(x):
        return infinite(-1)
    return _dweibull(x, shape, scale) if x > 0 else balls.nan()


def _at_zero(shape: Ball, value: Ball) -> Ball:
    """A density with a factor x^(shape - 1), at 0."""
    if shape < 1:
        return infinite(1)
    if shape > 1:
        return infinite(-1)
    return value if shape.is_exact() else balls.nan()


@centred
def _dgamma(x: Any, shape: Any, scale: Any) -> Any:
    u = x / scale
    return shape * log_of(u) - u - shape.lgamma() - log_of(x)


def dgamma_log(x: Ball, shape: Ball, scale: Ball) -> Ball:
    if is_nan((x, shape, scale)):
        return balls.nan()
    if not positive(shape, scale):
        return unclaimed() if (shape >= 0 and scale >= 0) or x < 0 else balls.nan()
    if x < 0:
        return infinite(-1)
    if x.is_zero():
        return _at_zero(shape, -scale.log())
    if not finite(x):
        return infinite(-1)
    return with_bits(_dgamma, x, shape, scale) if x > 0 else balls.nan()


def with_bits(formula: Formula, *args: Ball) -> Ball:
    """A formula at a precision that its cancelling terms, as large as the arguments, leave."""
    from flint import ctx

    with ctx.workprec(max(map(_more_bits, args))):
        value = formula(*args)
    return +value


@centred
def _dbeta(x: Any, a: Any, b: Any) -> Any:
    log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return (a - 1) * log_of(x) + (b - 1) * log_of(1 - x) - log_beta


def dbeta_log(x: Ball, a: Ball, b: Ball) -> Ball:
    if is_nan((x, a, b)):
        return balls.nan()
    if not positive(a, b):
        return unclaimed() if (a >= 0 and b >= 0) or x < 0 or x > 1 else balls.nan()
    if x < 0 or x > 1:
        return infinite(-1)
    if x.is_zero():
        return _at_zero(a, b.log())
    if x.is_exact() and x == 1:
        return _at_zero(b, a.log())
    return with_bits(_dbeta, x, a, b) if x > 0 and x < 1 else balls.nan()


@centred
def _dt(x: Any, n: Any) -> Any:
    half = balls.one() / 2
    front = ((n + 1) * half).lgamma() - (n * half).lgamma() - log_of(n * balls.exact_pi()) * half
    return front - (n + 1) * half * log_of(1 + x * x / n)


def dt_log(x: Ball, n: Ball) -> Ball:
    if is_nan((x, n)):
        return balls.nan()
    if not positive(n):
        return unclaimed() if n.is_zero() else balls.nan()
    if not finite(n):
        return dnorm_log(x, 0 * balls.one(), balls.one())
    return with_bits(_dt, x, n) if finite(x) else infinite(-1)


@centred
def _df(x: Any, m: Any, n: Any) -> Any:
    half = balls.one() / 2
    a, b = m * half, n * half
    log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return a * log_of(m / n) + (a - 1) * log_of(x) - (a + b) * log_of(1 + m * x / n) - log_beta


def df_log(x: Ball, m: Ball, n: Ball) -> Ball:
    if is_nan((x, m, n)):
        return balls.nan()
    if not positive(m, n):
        return unclaimed() if x < 0 else balls.nan()
    if x < 0:
        return infinite(-1)
    if x.is_zero():
        return _at_zero(m / 2, 0 * x)
    if not finite(x, m, n):
        return infinite(-1) if finite(m, n) else unclaimed()
    return with_bits(_df, x, m, n) if x > 0 else balls.nan()


def dunif_log(x: Ball, low: Ball, high: Ball) -> Ball:
    if is_nan((x, low, high)) or low >= high:
        return unclaimed() if low >= high else balls.nan()
    if x < low or x > high:
        return infinite(-1)
    return -(high - low).log() if x >= low and x <= high else balls.nan()
