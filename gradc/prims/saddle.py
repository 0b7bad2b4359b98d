"""The table, part five: what saddle-point forms of densities are made of.

Source: C. Loader (2000), Fast and accurate computation of binomial probabilities. A density
written with factorials loses as many digits as its logarithm's terms are large; these are
what is left of the terms when the large parts have cancelled on paper.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial

from gradc.prims import density_balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Undefined, prim

_ORDER = Undefined("it is the number of times that it was differentiated")
FAR = 11
_TERMS = 12  # at 11 the series of the third derivative is right to 2^-55


def _bernoulli(count: int) -> list[Fraction]:
    """B(0), B(1), … by their recurrence."""
    found: list[Fraction] = []
    for m in range(count):
        rest = sum((comb(m + 1, k) * b for k, b in enumerate(found)), Fraction(0))
        found.append(Fraction(int(m == 0)) - rest / (m + 1))
    return found


def stirling_coefficients() -> list[Fraction]:
    """B(2k)/(2k (2k-1)) for k = 1, 2, …: the series of stirlerr(x) in 1/x, DLMF 5.11.1."""
    numbers = _bernoulli(2 * _TERMS + 1)
    return [numbers[2 * k] / (2 * k * (2 * k - 1)) for k in range(1, _TERMS + 1)]


def _asymptotic(order: int) -> str:
    """The n-th derivative of Stirling's series."""
    text = ""
    for k, coefficient in reversed(list(enumerate(stirling_coefficients()))):
        power = 2 * k + 1
        rise = factorial(power + order - 1) // factorial(power - 1)
        factor = coefficient * (-1) ** order * rise
        part = f"{factor.numerator}/{factor.denominator}"
        text = f"({part} + {text}/x^2)" if text else part
    return f"{text}/x^{order + 1}"


_NEAR = (
    "lgamma(x + 1) - (x + 0.5)*log(x) + x - log(2*exact_pi())/2",
    "digamma(x) + 0.5/x - log(x)",
    "trigamma(x) - 0.5/x^2 - 1/x",
    "psigamma(x, 2) + 1/x^3 + 1/x^2",
)
_HIGHER = "psigamma(x, n - 1) - (1 - 2*mod(n, 2))*(0.5*gamma(n)/x^n + gamma(n - 1)/x^(n - 1))"


def _stirlerr() -> str:
    text = _HIGHER
    for order, near in reversed(list(enumerate(_NEAR))):
        text = f"ifelse(n == {order}, ifelse(x < {FAR}, {near}, {_asymptotic(order)}), {text})"
    return text


def _odd_series(v: str) -> str:
    """1/3 + v^2/5 + v^4/7 + …: the rest of atanh(v) = v + v^3*(…)."""
    text = "1/19"
    for k in range(17, 1, -2):
        text = f"(1/{k} + {v}^2*{text})"
    return text


def _bd0() -> str:
    v = "((x - m)/(x + m))"
    near = f"(x - m)*{v} + 2*x*{v}*{v}^2*{_odd_series(v)}"
    far = "ifelse(x == 0, m, x*log(x/m) + (m - x))"
    return f"ifelse(abs(x - m) < 0.1*(x + m), {near}, {far})"


def _log1pmx() -> str:
    v = "(x/(2 + x))"
    near = f"2*{v}*{v}^2*{_odd_series(v)} - x*{v}"
    return f"ifelse(abs(x) < 0.2, {near}, log1p(x) - x)"


PRIMS: tuple[Prim, ...] = (
    prim(
        "stirlerr",
        "x n",
        doc="n-th derivative of what Stirling's formula lacks of lgamma(x + 1)",
        source="Loader (2000); DLMF 5.11.1",
        d={"x": "stirlerr(x, n + 1)", "n": _ORDER},
        domain="x > 0, n whole and n >= 0",
        ball=density_balls.stirlerr,
        probe={"x": (0.02, 0.7, 5.0, 10.75, 11.0, 40.0, 1e6), "n": (0.0, 1.0, 2.0, 3.0, 4.0)},
        spell=_spell("stirlerr", "extra::stirlerr", "_stirlerr", "_stirlerr"),
        expand=_stirlerr(),
    ),
    prim(
        "bd0",
        "x m",
        doc="x*log(x/m) + m - x, the deviance of a count x whose mean is m",
        source="Loader (2000)",
        d={"x": "log(x/m)", "m": "(m - x)/m"},
        domain="x >= 0 and m > 0",
        ball=density_balls.bd0,
        probe={"x": (0.02, 1.0, 9.0, 300.0), "m": (0.3, 8.5, 310.0, 1e5)},
        spell=_spell("bd0", "extra::bd0", "_bd0", "_bd0"),
        expand=_bd0(),
    ),
    prim(
        "log1pmx",
        "x",
        doc="log(1 + x) - x",
        source="R: nmath/pgamma.c names it so; DLMF 4.6.5 of x/(2 + x)",
        d={"x": "-x/(1 + x)"},
        domain="x > -1",
        ball=density_balls.log1pmx,
        probe={"x": (-0.9, -0.15, 1e-9, 0.19, 0.3, 50.0)},
        spell=_spell("log1pmx", "extra::log1pmx", "_log1pmx", "_log1pmx"),
        expand=_log1pmx(),
    ),
)
