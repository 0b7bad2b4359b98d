"""The table, part seven: the distribution function of Student's t, by the incomplete beta function.

With X = v/(v + x^2) the two tails beyond ±x together are I_X(v/2, 1/2). Where x^2 is smaller
than v the complement of that is the small number.
"""

from __future__ import annotations

from gradc.prims import balls as arithmetic_balls
from gradc.prims import cumulative_balls as balls
from gradc.prims.cumulative import r_call
from gradc.prims.cumulative_beta import far_shape, near_shape
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, prim

_X, _Y = "v/(v + x^2)", "x^2/(v + x^2)"
_LOG_X = "(-log1p(x^2/v))"
_INNER, _OUTER = f"pbeta({_Y}, 0.5, v/2)", f"pbeta({_X}, v/2, 0.5)"
DENSITY = "exp(-lbeta(0.5, v/2) - log(v)/2 - (v + 1)/2*log1p(x^2/v){})"
_TAIL = f"0.5*ifelse(x^2 < v, 1 - {_INNER}, {_OUTER})"
_LOG_TAIL = f"(ifelse(x^2 < v, log1p(-{_INNER}), log_pbeta({_X}, v/2, 0.5)) - log(2))"


def shape(scale: str) -> str:
    """The derivative in ``v``, over exp(scale): of X, and of the incomplete beta function."""
    near = near_shape(f"({_X})", _LOG_X, "v/2", "0.5", "(v/2 + 0.5)")
    far = far_shape(f"({_Y})", _LOG_X, "0.5", "v/2", "(v/2 + 0.5)")
    low = f"exp(log_pbeta({_X}, v/2, 0.5){scale})*{near}"
    high = f"-{_INNER}*exp(0{scale})*{far}"
    part = f"ifelse({_X} < (v/2 + 1)/(v/2 + 2.5), {low}, {high})"
    return f"-x*{DENSITY.format(scale)}/(2*v) - sign(x)*{part}/4"


_PROBE = {"x": (-7.0, 0.3), "v": (0.4, 30.0)}

PRIMS: tuple[Prim, ...] = (
    prim(
        "pt",
        "x v",
        doc="distribution function of Student's t with v degrees of freedom",
        source="Abramowitz and Stegun 26.7.1",
        d={"x": DENSITY.format(""), "v": shape("")},
        domain="v > 0",
        ball=balls.pt,
        probe=_PROBE,
        spell=_spell(r_call("pt", "x", "v"), "extra::pt"),
        expand=f"ifelse(v < 0, sqrt(v), ifelse(x < 0, {_TAIL}, 1 - {_TAIL}))",
        stabilizes=[
            Stabilizes("1 - pt(x, v)", "pt(-x, v)"),
        ],
    ),
    prim(
        "log_pt",
        "x v",
        doc="log(pt(x, v))",
        source="Abramowitz and Stegun 26.7.1",
        d={"x": DENSITY.format(" - out"), "v": shape(" - out")},
        domain="v > 0",
        ball=balls.log_pt,
        probe=_PROBE,
        spell=_spell(r_call("pt", "x", "v", log=True), "extra::log_pt"),
        expand=f"ifelse(v < 0, sqrt(v), ifelse(x < 0, {_LOG_TAIL}, log1p(-{_TAIL})))",
        stabilizes=[Stabilizes("log(pt(x, v))", "log_pt(x, v)")],
    ),
    prim(
        "pcauchy",
        "x",
        doc="distribution function of the Cauchy distribution, Student's t with one degree",
        # The angle of (-x, 1) goes from 0 to pi, and where it is small no difference is taken.
        source="definition, with the angle of (-x, 1) for pi/2 + atan(x)",
        d={"x": "1/(exact_pi()*(1 + x^2))"},
        ball=lambda x: (
            arithmetic_balls.angle(arithmetic_balls.one(), -x) / arithmetic_balls.exact_pi()
        ),
        probe={"x": (-1e9, -2.5, -1e-6, 0.4, 30.0)},
        spell=_spell("pcauchy"),
        expand="atan2(1, -x)/exact_pi()",
        stabilizes=[Stabilizes("1 - pcauchy(x)", "pcauchy(-x)")],
    ),
)
