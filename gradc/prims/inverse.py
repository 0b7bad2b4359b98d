"""The table, part six: quantiles, the inverses of distribution functions."""

from __future__ import annotations

from gradc.prims import quantile_balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, prim

_LOG_HALF = "0.6931471805599453"


def _newton(x: str) -> str:
    """One step towards log_pnorm(x) = p; what is lost of p in doubles is little of x."""
    return f"({x} - (log_pnorm({x}) - p)/inverse_mills({x}))"


_OUTER = "-sqrt(-2*p - log(2*exact_pi()) - log(-2*p - log(2*exact_pi()) - log(-2*p)))"
# R's own qnorm(p, log.p = TRUE) has five digits where exp(p) underflows.
_NORMAL_LOG = (
    f"ifelse(p > -{_LOG_HALF}, -qnorm(-expm1(p)), ifelse(p > -600, qnorm(exp(p)),"
    f" {_newton(_newton(_OUTER))}))"
)

PRIMS: tuple[Prim, ...] = (
    prim(
        "qnorm",
        "p",
        doc="quantile of the standard normal distribution",
        source="inverse of DLMF 7.18.1",
        d={"p": "sqrt(2*exact_pi())*exp(out^2/2)"},
        domain="p > 0 and p < 1",
        ball=quantile_balls.normal,
        probe={"p": (1e-300, 1e-9, 0.02, 0.3, 0.6, 0.975, 1 - 1e-9)},
        spell=_spell("qnorm", "qnorm", "special.ndtri", "tf.math.ndtri"),
    ),
    prim(
        "qnorm_log",
        "p",
        doc="quantile of the standard normal distribution at exp(p)",
        source="Newton's method for log_pnorm(x) = p; DLMF 7.17.4 far out",
        d={"p": "1/inverse_mills(out)"},
        domain="p < 0",
        ball=quantile_balls.normal_log,
        probe={"p": (-1e9, -1e4, -800.0, -600.0, -9.0, -0.7, -0.01, -1e-9)},
        expand=_NORMAL_LOG,
    ),
)
