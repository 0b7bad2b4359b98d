"""The table, part six: the incomplete beta function and Student's t, in both tails."""

from __future__ import annotations

from gradc.prims import cumulative_balls as balls
from gradc.prims.cumulative import r_call
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, Undefined, prim

_ORDER = Undefined("it is the order of a moment, which is whole")

# The lower tail is expanded where x is below this, near the middle of the distribution.
SPLIT = "(a + 1)/(a + b + 2)"


def _moment(x: str, a: str, b: str, total: str, n: int, m: int) -> str:
    return f"beta_below(min2({x}, ({a} + 1)/({total} + 2)), {a}, {b}, {n}, {m})"


def _tail_log(x: str, log_x: str, log_y: str, a: str, b: str) -> str:
    """log of the tail that is near x = 0, by its integral; ``log_y`` is log(1 - x)."""
    return (
        f"({a}*{log_x} + {b}*{log_y} - log({a}) - lbeta({a}, {b})"
        f" + log1p((a + b)*{x}*{_moment(x, a, b, '(a + b)', 0, 0)}))"
    )


def near_shape(x: str, log_x: str, a: str, b: str, total: str = "(a + b)") -> str:
    """Derivative in ``a`` of the logarithm of that tail; ``total`` is a + b."""
    zero, u, w = (_moment(x, a, b, total, *order) for order in ((0, 0), (1, 0), (0, 1)))
    return (
        f"({log_x} - digamma({a} + 1) + digamma({total})"
        f" + {x}*({zero} + {total}*({w} - {u}))/(1 + {total}*{x}*{zero}))"
    )


def far_shape(x: str, log_y: str, a: str, b: str, total: str = "(a + b)") -> str:
    """Derivative in ``b`` of the logarithm of that tail."""
    zero, w = (_moment(x, a, b, total, *order) for order in ((0, 0), (0, 1)))
    return (
        f"({log_y} - digamma({b}) + digamma({total})"
        f" + {x}*({zero} + {total}*{w})/(1 + {total}*{x}*{zero}))"
    )


_LOW = ("x", "log(x)", "log1p(-x)", "a", "b")
_HIGH = ("(1 - x)", "log1p(-x)", "log(x)", "b", "a")
_LOW_LOG, _HIGH_LOG = _tail_log(*_LOW), _tail_log(*_HIGH)
LOW_A = near_shape("x", "log(x)", "a", "b")
LOW_B = far_shape("x", "log1p(-x)", "a", "b")
HIGH_A = far_shape("(1 - x)", "log(x)", "b", "a")
HIGH_B = near_shape("(1 - x)", "log1p(-x)", "b", "a")
DENSITY = "exp((a - 1)*log(x) + (b - 1)*log1p(-x) - lbeta(a, b){})"
_PROBE = {"x": (0.2, 0.9), "a": (0.3, 4.5), "b": (2.5,)}


def _inside(rule: str) -> str:
    return f"ifelse(x <= 0 | x >= 1, 0, {rule})"


def _beta(name: str, doc: str, spell: dict[str, str], expand: str, log_of: str = "") -> Prim:
    upper, log = name.endswith("_upper"), name.startswith("log_")
    other = name.removesuffix("_upper") if upper else f"{name}_upper"
    ratio = f"-exp({other}(x, a, b) - out)" if log else f"-{other}(x, a, b)"
    own = "" if log else "out*"
    low, high = (ratio + "*", own) if upper else (own, ratio + "*")
    complement = [Stabilizes(f"1 - {name}(x, a, b)", f"{other}(x, a, b)")]
    ends = ("1", "0") if upper else ("0", "1")
    if log:
        ends = ("0", "-1e999") if upper else ("-1e999", "0")
    inside = f"ifelse(x <= 0, {ends[0]}, ifelse(x >= 1, {ends[1]}, {expand}))"
    return prim(
        name,
        "x a b",
        doc=doc,
        source="DLMF 8.17.2, 8.17.4, 8.17.7",
        d={
            "x": _inside("-" * upper + DENSITY.format(" - out" if log else "")),
            "a": _inside(f"ifelse(x < {SPLIT}, {low}{LOW_A}, {high}{HIGH_A})"),
            "b": _inside(f"ifelse(x < {SPLIT}, {low}{LOW_B}, {high}{HIGH_B})"),
        },
        domain="a > 0 and b > 0",
        ball=getattr(balls, name),
        probe=_PROBE,
        spell=spell,
        expand=f"ifelse(a < 0, sqrt(a), ifelse(b < 0, sqrt(b), {inside}))",
        stabilizes=[Stabilizes(f"log({log_of}(x, a, b))", f"{name}(x, a, b)")]
        if log
        else complement,
    )


_BETAS = (
    _beta(
        "pbeta",
        "regularized incomplete beta function",
        _spell(
            r_call("pbeta", "x", "a", "b"),
            "extra::pbeta",
            "special.betainc({a}, {b}, np.clip({x}, 0.0, 1.0))",
        ),
        f"ifelse(x < {SPLIT}, exp{_LOW_LOG}, -expm1{_HIGH_LOG})",
    ),
    _beta(
        "pbeta_upper",
        "complement of the regularized incomplete beta function",
        _spell(
            r_call("pbeta", "x", "a", "b", upper=True),
            "extra::pbeta_upper",
            "special.betaincc({a}, {b}, np.clip({x}, 0.0, 1.0))",
        ),
        f"ifelse(x < {SPLIT}, -expm1{_LOW_LOG}, exp{_HIGH_LOG})",
    ),
    _beta(
        "log_pbeta",
        "log of the regularized incomplete beta function",
        _spell(r_call("pbeta", "x", "a", "b", log=True), "extra::log_pbeta"),
        f"ifelse(x < {SPLIT}, {_LOW_LOG}, log1p(-exp({_HIGH_LOG})))",
        "pbeta",
    ),
    _beta(
        "log_pbeta_upper",
        "log of the complement of the regularized incomplete beta function",
        _spell(r_call("pbeta", "x", "a", "b", upper=True, log=True), "extra::log_pbeta_upper"),
        f"ifelse(x < {SPLIT}, log1p(-exp({_LOW_LOG})), {_HIGH_LOG})",
        "pbeta_upper",
    ),
    prim(
        "beta_below",
        "x a b n m",
        doc="integral of u^n w^m exp(-(a + 1)u + (a + b + 1)w), w = -log(1 - x(1 - exp(-u)))",
        source="DLMF 15.6.1 with 1 - t = exp(-u), differentiated under the integral",
        d={
            "x": "(a + b + 1)*(beta_below(x, a, b + 1, n, m) - beta_below(x, a + 1, b, n, m))"
            " + ifelse(m == 0, 0, m*(beta_below(x, a, b + 1, n, m - 1)"
            " - beta_below(x, a + 1, b, n, m - 1)))",
            "a": "beta_below(x, a, b, n, m + 1) - beta_below(x, a, b, n + 1, m)",
            "b": "beta_below(x, a, b, n, m + 1)",
            "n": _ORDER,
            "m": _ORDER,
        },
        domain="0 <= x < (a + 1)/(a + b + 1), a > 0, b > 0, n and m whole and not negative",
        ball=balls.beta_below,
        probe={"x": (0.03,), "a": (4.5,), "b": (2.5,), "n": (0.0, 1.0), "m": (0.0, 1.0)},
        spell=_spell("beta_below", "extra::beta_below", "_beta_below", "_beta_below"),
    ),
)

PRIMS: tuple[Prim, ...] = _BETAS
