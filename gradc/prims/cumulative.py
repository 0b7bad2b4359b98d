"""The table, part five: incomplete gamma and beta functions, in both tails and their logarithms.

Each tail is the integral that is computed directly where that tail is the smaller one, and
derivatives in the shapes are moments of the same integrals: positive quantities, which
neither cancel nor underflow.
"""

from __future__ import annotations

from gradc.prims import cumulative_balls as balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, Undefined, prim

_ORDER = Undefined("it is the order of a moment, which is whole")

# The tail that is expanded where x is below this. It is no number that a model's own would
# meet, and the two forms are both good around it.
SPLIT = "a + 1.0078125"


def _below(n: int) -> str:
    return f"gamma_below(min2(x, {SPLIT}), a, {n})"


def _above(n: int) -> str:
    return f"gamma_above(max2(x, {SPLIT}), a, {n})"


DENSITY = "exp((a - 1)*log(x) - x - lgamma(a){})"
# Derivatives in a of the logarithms of the lower and of the upper tail.
LOW_SHAPE = f"(log(x) - digamma(a + 1) - x*{_below(1)}/(1 + x*{_below(0)}))"
HIGH_SHAPE = f"(log(x) - digamma(a) + {_above(1)}/{_above(0)})"
_LOW_LOG = f"(a*log(x) - x - lgamma(a + 1) + log1p(x*{_below(0)}))"
_HIGH_LOG = f"(a*log(x) - x - lgamma(a) + log({_above(0)}))"
_GAMMA_PROBE = {"x": (0.4, 2.5, 30.0), "a": (0.3, 4.5)}


def _with_ends(name: str, inside: str) -> str:
    """An expansion that is right below 0 as well, and NaN for a shape that is negative."""
    below = (
        ("0" if "log" in name else "1") if "upper" in name else ("-1e999" if "log" in name else "0")
    )
    return f"ifelse(a < 0, sqrt(a), ifelse(x <= 0, {below}, {inside}))"


def _gamma(name: str, doc: str, spell: dict[str, str], **rules: str) -> Prim:
    stabilizes = {
        "pgamma": [Stabilizes("1 - pgamma(x, a)", "pgamma_upper(x, a)")],
        "pgamma_upper": [Stabilizes("1 - pgamma_upper(x, a)", "pgamma(x, a)")],
        "log_pgamma": [Stabilizes("log(pgamma(x, a))", "log_pgamma(x, a)")],
        "log_pgamma_upper": [Stabilizes("log(pgamma_upper(x, a))", "log_pgamma_upper(x, a)")],
    }
    return prim(
        name,
        "x a",
        doc=doc,
        source="DLMF 8.2.4, 8.7.1, 8.6.4",
        d={"x": f"ifelse(x <= 0, 0, {rules['x']})", "a": f"ifelse(x <= 0, 0, {rules['a']})"},
        domain="a > 0",
        ball=getattr(balls, name),
        probe=_GAMMA_PROBE,
        spell=spell,
        expand=_with_ends(name, rules["expand"]),
        stabilizes=stabilizes[name],
    )


def r_call(name: str, *arguments: str, upper: bool = False, log: bool = False) -> str:
    flags = ", lower.tail = FALSE" * upper + ", log.p = TRUE" * log
    return f"{name}({', '.join(f'{{{argument}}}' for argument in arguments)}{flags})"


_GAMMAS = (
    _gamma(
        "pgamma",
        "regularized lower incomplete gamma function",
        _spell(
            r_call("pgamma", "x", "a"),
            "extra::pgamma",
            "special.gammainc({a}, np.maximum({x}, 0.0))",
        ),
        x=DENSITY.format(""),
        a=f"ifelse(x < {SPLIT}, out*{LOW_SHAPE}, -pgamma_upper(x, a)*{HIGH_SHAPE})",
        expand=f"ifelse(x < {SPLIT}, exp{_LOW_LOG}, -expm1{_HIGH_LOG})",
    ),
    _gamma(
        "pgamma_upper",
        "regularized upper incomplete gamma function",
        _spell(
            r_call("pgamma", "x", "a", upper=True),
            "extra::pgamma_upper",
            "special.gammaincc({a}, np.maximum({x}, 0.0))",
        ),
        x="-" + DENSITY.format(""),
        a=f"ifelse(x < {SPLIT}, -pgamma(x, a)*{LOW_SHAPE}, out*{HIGH_SHAPE})",
        expand=f"ifelse(x < {SPLIT}, -expm1{_LOW_LOG}, exp{_HIGH_LOG})",
    ),
    _gamma(
        "log_pgamma",
        "log of the regularized lower incomplete gamma function",
        _spell(r_call("pgamma", "x", "a", log=True), "extra::log_pgamma"),
        x=DENSITY.format(" - out"),
        a=f"ifelse(x < {SPLIT}, {LOW_SHAPE}, -exp(log_pgamma_upper(x, a) - out)*{HIGH_SHAPE})",
        expand=f"ifelse(x < {SPLIT}, {_LOW_LOG}, log1p(-exp{_HIGH_LOG}))",
    ),
    _gamma(
        "log_pgamma_upper",
        "log of the regularized upper incomplete gamma function",
        _spell(r_call("pgamma", "x", "a", upper=True, log=True), "extra::log_pgamma_upper"),
        x="-" + DENSITY.format(" - out"),
        a=f"ifelse(x < {SPLIT}, -exp(log_pgamma(x, a) - out)*{LOW_SHAPE}, {HIGH_SHAPE})",
        expand=f"ifelse(x < {SPLIT}, log1p(-exp{_LOW_LOG}), {_HIGH_LOG})",
    ),
    prim(
        "gamma_below",
        "x a n",
        doc="integral of u^n exp(-(a + 1)u + x(1 - exp(-u))) over u > 0",
        source="DLMF 8.7.1, 13.4.1 with t = exp(-u), differentiated under the integral",
        d={
            "x": "gamma_below(x, a, n) - gamma_below(x, a + 1, n)",
            "a": "-gamma_below(x, a, n + 1)",
            "n": _ORDER,
        },
        domain="0 <= x < a + 2, a > 0, n whole and n >= 0",
        ball=balls.gamma_below,
        probe={"x": (0.4, 1.2), "a": (0.3, 60.0), "n": (0.0, 1.0)},
        spell=_spell("gamma_below", "extra::gamma_below", "_gamma_below", "_gamma_below"),
    ),
    prim(
        "gamma_above",
        "x a n",
        doc="integral of u^n exp(a u - x(exp(u) - 1)) over u > 0",
        source="DLMF 13.4.4 with 1 + t = exp(u), differentiated under the integral",
        d={
            "x": "gamma_above(x, a, n) - gamma_above(x, a + 1, n)",
            "a": "gamma_above(x, a, n + 1)",
            "n": _ORDER,
        },
        domain="x > a > 0, n whole and n >= 0",
        ball=balls.gamma_above,
        probe={"x": (6.0, 30.0), "a": (0.3, 4.5), "n": (0.0, 1.0)},
        spell=_spell("gamma_above", "extra::gamma_above", "_gamma_above", "_gamma_above"),
    ),
)

PRIMS: tuple[Prim, ...] = _GAMMAS
