"""The table, part six: the Tweedie density between the Poisson and the gamma distribution.

Written with x = y^(2 - p)/(phi (2 - p)) and a = (2 - p)/(p - 1), its logarithm is half of the
deviance, a sum of two positive terms, and the logarithm of a Wright function on the scale of its
size. Neither cancels, while the series of Dunn and Smyth and the exponent beside it do, by as
many digits as x has.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial

from gradc.prims import tweedie_balls as balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Undefined, prim

_ORDER = Undefined("it is the number of times that it was differentiated")
_LAST = Undefined("a Tweedie density is differentiated three times at most")

# From here on the series in 1/x is right to the last digit, also three times differentiated.
FAR = 40
SPREAD = 3
_TERMS = 8


def _in_lambda(a: Fraction) -> list[Fraction]:
    """b(1), b(2), …: log of the Wright function is log(x a/(1 + a)/(2 pi))/2 + Σ b(k)/x^k.

    By Laplace's method: ∫ exp(x (a (exp(v) - 1 - v) + exp(-a v) - 1 + a v) + v) dv along the
    imaginary axis, v as a normal variable over sqrt(x), expanded in 1/sqrt(x).
    """
    last = 2 * _TERMS
    exponent: list[dict[int, Fraction]] = [{}]
    for r in range(1, last + 1):
        exponent += [{r + 2: (a + (-a) ** (r + 2)) / factorial(r + 2)}]
    exponent[1][1] = Fraction(1)
    powers: list[dict[int, Fraction]] = [{0: Fraction(1)}]
    for r in range(1, last + 1):
        found: dict[int, Fraction] = {}
        for k in range(1, r + 1):
            for p, c in exponent[k].items():
                for q, f in powers[r - k].items():
                    found[p + q] = found.get(p + q, Fraction(0)) + Fraction(k, r) * c * f
        powers.append(found)
    moments = [Fraction(1)]
    for m in range(1, 3 * _TERMS + 1):
        moments.append(moments[-1] * (1 - 2 * m) / (a * (1 + a)))
    means = [sum(f * moments[p // 2] for p, f in powers[2 * k].items()) for k in range(_TERMS + 1)]
    logs = [Fraction(0)]
    for k in range(1, _TERMS + 1):
        rest = sum((j * logs[j] * means[k - j] for j in range(1, k)), Fraction(0))
        logs.append(means[k] - rest / k)
    return logs


@cache
def far_coefficients() -> tuple[tuple[Fraction, ...], ...]:
    """Row k: the coefficients of 1, s, s², … by which 1/w^k is multiplied; k is 1, 2, ….

    Here w = x a/(1 + a) and s = a/(1 + a)²: exchanging the two gamma functions in the series
    changes neither, so each coefficient of 1/w^k is a polynomial of degree k in s.
    """
    places = [Fraction(i) for i in range(1, _TERMS + 2)]
    columns = [_in_lambda(a) for a in places]
    at = [a / (1 + a) ** 2 for a in places]
    return tuple(
        _through(at[: k + 1], [column[k] * (a / (1 + a)) ** k for a, column in pairs])
        for k in range(1, _TERMS + 1)
        for pairs in [list(zip(places, columns, strict=True))[: k + 1]]
    )


def _through(xs: list[Fraction], ys: list[Fraction]) -> tuple[Fraction, ...]:
    """The coefficients of the polynomial through some points, by Newton's differences."""
    divided = list(ys)
    for j in range(1, len(xs)):
        for i in range(len(xs) - 1, j - 1, -1):
            divided[i] = (divided[i] - divided[i - 1]) / (xs[i] - xs[i - j])
    found: list[Fraction] = []
    for x, lead in zip(reversed(xs), reversed(divided), strict=True):
        raised = [Fraction(0), *found]
        found = [up - x * same for up, same in zip(raised, [*found, Fraction(0)], strict=True)]
        found[0] += lead
    return tuple(found)


# ---------------------------------------------------------------------------- the density

_Y = "ifelse(y <= 0, 1, y)"  # what is computed of y = 0 is not taken
_X = f"({_Y}^(2 - p)/(phi*(2 - p)))"
_A = "((2 - p)/(p - 1))"
_T = f"log(mu/{_Y})"
_LOW, _HIGH = f"((1 - p)*{_T})", f"((2 - p)*{_T})"
# Half of the deviance over phi.
_DEVIANCE = f"({_X}*({_A}*expm1mx{_LOW} + expm1mx{_HIGH}))"
_SLOPE = f"wright_slope({_X}, {_A}, 1, 0)"
_ATOM = "mu^(2 - p)/(phi*(2 - p))"
_TURN = (
    f"{_X}*({_T}*({_A}*expm1{_LOW} + expm1{_HIGH})"
    f" + {_A}/(p - 1)*expm1mx{_LOW} - expm1mx{_HIGH}/(2 - p))"
)


def _where(positive: str, zero: str, negative: str = "0") -> str:
    return f"ifelse(y < 0, {negative}, ifelse(y == 0, {zero}, {positive}))"


def _wright(name: str, order: int, after: str, words: str) -> Prim:
    return prim(
        name,
        "x a m n",
        doc=f"{words} derivative of wright_log(x, a), m times in log(x) and n times in a",
        source="Wright (1935); moments of the series' terms",
        d={
            "x": f"{after}(x, a, m + 1, n)/x" if after else _LAST,
            "a": f"{after}(x, a, m, n + 1)" if after else _LAST,
            "m": _ORDER,
            "n": _ORDER,
        },
        domain=f"x > 0, a > 0, m + n = {order}",
        ball=balls.wright_slope,
        probe={"x": _XS, "a": _AS, "m": (float(order - 1),), "n": (1.0,)},
        spell=_spell("wright", "extra::wright", "_wright", "_wright"),
    )


_XS = (0.02, 5.5, 60.0)
_AS = (0.4, 1.5, 19.0)

PRIMS: tuple[Prim, ...] = (
    prim(
        "expm1mx",
        "x",
        doc="exp(x) - 1 - x",
        source="definition",
        d={"x": "expm1(x)"},
        ball=balls.expm1mx,
        probe={"x": (-50.0, -0.6, -0.15, 1e-9, 0.19, 0.6, 9.0)},
        spell=_spell(tmb="extra::expm1mx"),
        expand="ifelse(abs(x) < 0.5, -log1pmx(expm1(x)), expm1(x) - x)",
    ),
    prim(
        "wright_log",
        "x a",
        doc="log of the sum of (x^(1 + a) a^a)^j/(j! gamma(a j)) over j >= 1, less (1 + a) x",
        source="Wright (1935); Dunn and Smyth (2005)",
        d={"x": "wright_slope(x, a, 1, 0)/x", "a": "wright_slope(x, a, 0, 1)"},
        domain="x > 0 and a > 0",
        ball=balls.wright_log,
        probe={"x": _XS, "a": _AS},
        spell=_spell(
            "wright({x}, {a}, 0, 0)",
            "extra::wright({x}, {a}, Type(0), Type(0))",
            "_wright({x}, {a}, 0, 0)",
            "_wright({x}, {a}, 0, 0)",
        ),
    ),
    _wright("wright_slope", 1, "wright_second", "first"),
    _wright("wright_second", 2, "wright_third", "second"),
    _wright("wright_third", 3, "", "third"),
    prim(
        "dtweedie_log",
        "y mu phi p",
        doc="logarithm of the Tweedie density, and at 0 of the probability of 0",
        source="Dunn and Smyth (2005)",
        d={
            "y": "ifelse(y > 0,"
            f" ((2 - p)*{_SLOPE} - 1 - {_X}*({_A}*expm1{_LOW}))/{_Y},"
            " ifelse(y < 0, 0, NaN))",
            "mu": "ifelse(y < 0, 0, (y - mu)/(phi*mu^p))",
            "phi": _where(f"({_DEVIANCE} - {_SLOPE})/phi", f"{_ATOM}/phi"),
            "p": _where(
                f"log({_Y})*({_DEVIANCE} - {_SLOPE}) + {_TURN} + {_SLOPE}/(2 - p)"
                f" - wright_slope({_X}, {_A}, 0, 1)/(p - 1)^2",
                f"{_ATOM}*(log(mu) - 1/(2 - p))",
            ),
        },
        domain="mu > 0, phi > 0, p > 1 and p < 2",
        ball=balls.dtweedie_log,
        probe={
            "y": (-1.0, 0.0, 0.7),
            "mu": (2.0,),
            "phi": (0.7,),
            "p": (1.5,),
        },
        spell=_spell(tmb="extra::dtweedie_log"),
        expand="ifelse(mu > 0 & phi > 0 & p > 1 & p < 2, "
        + _where(f"wright_log({_X}, {_A}) - {_DEVIANCE} - log({_Y})", f"-{_ATOM}", "-Inf")
        + ", NaN)",
    ),
)
