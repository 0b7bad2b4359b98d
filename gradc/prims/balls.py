"""Ball arithmetic of the primitives that python-flint does not have ready.

Arguments and results are ``flint.arb`` balls, or for conditions ``True``, ``False`` and
``None`` (the ball does not tell). A result that may be undefined is an unbounded or NaN ball.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ball = Any
Truth = bool | None


def one() -> Ball:
    from flint import arb

    return arb(1)


def nan() -> Ball:
    from flint import arb

    return arb.nan()


def exact_pi() -> Ball:
    from flint import arb

    return arb.pi()


def hull(a: Ball, b: Ball) -> Ball:
    """The smallest ball around two balls; NaN where either is."""
    if a.is_nan() or b.is_nan():
        return nan()
    return a.union(b)


def divide(x: Ball, y: Ball) -> Ball:
    """x/y; at an exact pole infinite as IEEE has it."""
    from flint import arb

    if y.is_zero():
        if x.is_zero() or x.contains(0):
            return nan()
        return arb.pos_inf() if x > 0 else arb.neg_inf()
    if not y.is_finite() and not y.is_nan() and y.is_exact():
        return arb(0) if x.is_finite() else nan()
    return x / y


def logarithm(x: Ball) -> Ball:
    """log(x); -Inf at exactly 0."""
    from flint import arb

    if x.is_zero():
        return arb.neg_inf()
    return x.log()


def log1p(x: Ball) -> Ball:
    """log(1 + x); -Inf at exactly -1."""
    from flint import arb

    if x.is_exact() and x == -1:
        return arb.neg_inf()
    return x.log1p()


def power(x: Ball, y: Ball) -> Ball:
    """x^y as IEEE pow: a whole exponent takes any x, 0^0 is 1."""
    from flint import arb

    if y.is_exact() and y.is_finite() and y.is_integer():
        exponent = int(y.unique_fmpz())
        if abs(exponent) < 2**40:
            if x == arb.neg_inf():  # flint has no power of it
                size = arb.pos_inf() ** exponent
                return -size if exponent % 2 else size
            if x.is_zero() and exponent < 0:
                return arb.pos_inf() if exponent % 2 == 0 else nan()
            return _whole_power(x, exponent)
    if x.is_zero():
        return arb(0) if y > 0 else arb.pos_inf() if y < 0 else nan()
    if x < 0 or x.contains(0):
        return nan()
    return (y * x.log()).exp()


def _whole_power(x: Ball, exponent: int) -> Ball:
    """x^exponent by squaring around 0, where flint's own power goes through the logarithm."""
    from flint import arb, fmpz

    if not x.contains(0) or x.is_exact() or exponent < 0:
        return x ** fmpz(exponent)
    result, square = arb(1), x
    bits = exponent
    while bits:
        if bits & 1:
            result = result * square
        square = abs(square * square)
        bits >>= 1
    return result


def floor(x: Ball) -> Ball:
    return x.floor()


def ceiling(x: Ball) -> Ball:
    return x.ceil()


_INF = float("inf")
_NAN = float("nan")

LIMITS: dict[str, tuple[float, float]] = {
    "sin": (_NAN, _NAN),
    "cos": (_NAN, _NAN),
    "tan": (_NAN, _NAN),
    "sinpi": (_NAN, _NAN),
    "cospi": (_NAN, _NAN),
    "tanpi": (_NAN, _NAN),
    "erf": (-1.0, 1.0),
    "erfc": (2.0, 0.0),
    "pnorm": (0.0, 1.0),
    "pcauchy": (0.0, 1.0),
    "log_pnorm": (-_INF, 0.0),
    "inverse_mills": (_INF, 0.0),
    "gamma": (_NAN, _INF),
    "lgamma": (_INF, _INF),
    "digamma": (_NAN, _INF),
    "trigamma": (_NAN, 0.0),
    "sigmoid": (0.0, 1.0),
    "softplus": (0.0, _INF),
    "floor": (-_INF, _INF),
    "ceiling": (-_INF, _INF),
    "round": (-_INF, _INF),
    "trunc": (-_INF, _INF),
}
"""Values at -Inf and Inf, where Arb has none or another than IEEE 754."""


def nearest(x: Ball) -> Ball:
    """Nearest whole number, halves to even."""
    from flint import arb

    half = arb(0.5)
    low, high = (x.lower() + half).floor(), (x.upper() + half).floor()
    if x.is_exact() and (x - half).is_integer():
        below = (x - half).unique_fmpz()
        return arb(below if below % 2 == 0 else below + 1)
    return low if low == high else low.union(high)


def truncate(x: Ball) -> Ball:
    if x >= 0:
        return x.floor()
    if x <= 0:
        return x.ceil()
    return hull(x.floor(), x.ceil())


def sign(x: Ball) -> Ball:
    from flint import arb

    if x > 0:
        return arb(1)
    if x < 0:
        return arb(-1)
    if x.is_zero():
        return arb(0)
    return arb(0, 1) if not x.is_nan() else nan()


def whole_quotient(x: Ball, y: Ball) -> Ball:
    return divide(x, y).floor()


def remainder(x: Ball, y: Ball) -> Ball:
    return x - whole_quotient(x, y) * y


def smaller(x: Ball, y: Ball) -> Ball:
    return x.min(y)


def larger(x: Ball, y: Ball) -> Ball:
    return x.max(y)


def less(x: Ball, y: Ball) -> Truth:
    return True if x < y else False if x >= y else None


def less_equal(x: Ball, y: Ball) -> Truth:
    return True if x <= y else False if x > y else None


def equal(x: Ball, y: Ball) -> Truth:
    if x.is_nan() or y.is_nan():
        return None
    return True if x.is_exact() and y.is_exact() and x == y else None if x.overlaps(y) else False


def logical_and(x: Truth, y: Truth) -> Truth:
    return False if x is False or y is False else True if x and y else None


def logical_or(x: Truth, y: Truth) -> Truth:
    return True if x or y else False if x is False and y is False else None


def logical_not(x: Truth) -> Truth:
    return None if x is None else not x


def as_real(x: Truth) -> Ball:
    from flint import arb

    return arb(0.5, 0.5) if x is None else arb(int(x))


def choose(condition: Truth, yes: Ball, no: Ball) -> Ball:
    """The chosen ball; both where the condition is not decided."""
    return yes if condition else no if condition is False else hull(yes, no)


def angle(y: Ball, x: Ball) -> Ball:
    from flint import arb

    return arb.atan2(y, x)


def hypotenuse(x: Ball, y: Ball) -> Ball:
    return (x * x + y * y).sqrt()


def direction(x: Ball, r: Ball) -> Ball:
    from flint import arb

    return arb(0) if r.is_zero() else divide(x, r)


def sigmoid(x: Ball) -> Ball:
    return 1 / (1 + (-x).exp()) if x > 0 else x.exp() / (1 + x.exp())


def softplus(x: Ball) -> Ball:
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def log1mexp(x: Ball) -> Ball:
    """log(1 - exp(-x))."""
    return logarithm(-((-x).expm1()))


def logspace_add(x: Ball, y: Ball) -> Ball:
    return y + softplus(x - y)


def xlogx(x: Ball) -> Ball:
    from flint import arb

    return arb(0) if x.is_zero() else x * logarithm(x)


def xlog1px(x: Ball) -> Ball:
    from flint import arb

    return arb(0) if x.is_exact() and x == -1 else (1 + x) * log1p(x)


def _monotone(value: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """A monotone function of a ball, from its values at the two ends."""

    def between(x: Ball) -> Ball:
        return value(x) if x.is_exact() else hull(value(x.lower()), value(x.upper()))

    return between


def _normal_tail(x: Ball) -> Ball:
    """pnorm(x)*exp(x^2/2)*2*sqrt(pi) for x below 0; it neither underflows nor cancels."""
    half = one() / 2
    return (x * x / 2).hypgeom_u(half, half)


@_monotone
def normal_below(x: Ball) -> Ball:
    """The standard normal distribution function."""
    return (-x / (2 * one()).sqrt()).erfc() / 2


@_monotone
def log_normal_below(x: Ball) -> Ball:
    """log of the standard normal distribution function."""
    if x < -1:
        return _normal_tail(x).log() - x * x / 2 - (4 * exact_pi()).log() / 2
    return (-normal_below(-x)).log1p()


@_monotone
def inverse_mills(x: Ball) -> Ball:
    """Density over distribution function of the standard normal distribution."""
    if x < -1:
        return (2 * one()).sqrt() / _normal_tail(x)
    return (-x * x / 2).exp() / (2 * exact_pi()).sqrt() / normal_below(x)


def gamma(x: Ball) -> Ball:
    return x.gamma()


def lgamma(x: Ball) -> Ball:
    """log|gamma(x)|."""
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def polygamma(x: Ball, order: Ball) -> Ball:
    from flint import acb

    if not order.is_exact() or not order.is_integer():
        return nan()
    if order.is_zero():
        return x.digamma()
    return acb.polygamma(acb(x), acb(order)).real


def log_beta(a: Ball, b: Ball) -> Ball:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def beta(a: Ball, b: Ball) -> Ball:
    return a.gamma() * b.gamma() * (a + b).rgamma()


def binomial(n: Ball, k: Ball) -> Ball:
    """n over k, k whole."""
    if not k.is_exact() or not k.is_integer():
        return nan()
    count = int(k.unique_fmpz())
    return n.bin(count) if count >= 0 else 0 * one()


def log_binomial(n: Ball, k: Ball) -> Ball:
    if k.is_exact() and k.is_integer() and 0 <= int(k.unique_fmpz()) < 1000:
        return logarithm(abs(binomial(n, k)))
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def bessel(kind: str, scaled: bool = False) -> Any:
    """The Bessel function I, J, K or Y of an argument and an order, undefined below 0 as in R."""
    method = {"I": "bessel_i", "J": "bessel_j", "K": "bessel_k", "Y": "bessel_y"}[kind]

    def value(x: Ball, nu: Ball) -> Ball:
        if x < 0:
            return nan()
        result = getattr(x, method)(nu)
        if scaled:
            result = result * (-abs(x)).exp() if kind == "I" else result * x.exp()
        return result

    return value


def exponential_moment(x: Ball, n: Ball) -> Ball:
    """∫₀¹ tⁿ e^{xt} dt = 1F1(n+1; n+2; x)/(n+1)."""
    return x.hypgeom_1f1(n + 1, n + 2) / (n + 1)


def cosine_moment(x: Ball, n: Ball) -> Ball:
    """∫₀¹ tⁿ cos(xt + nπ/2) dt, the n-th derivative of sin(x)/x."""
    from flint import acb, arb

    if not (n.is_exact() and n.is_integer()):
        return nan()
    i = acb(0, 1)
    moment = acb.hypgeom_1f1(acb(0, 1) * x, acb(n + 1), acb(n + 2)) / acb(n + 1)
    turn = i ** int(n.unique_fmpz())
    result: Ball = (moment * turn).real
    return result if isinstance(result, arb) else arb(result)
