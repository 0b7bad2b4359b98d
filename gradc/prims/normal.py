"""The table, part four: the normal distribution, true in its tails."""

from __future__ import annotations

from gradc.prims import balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, prim

_PROBE = {"x": (-300.0, -30.0, -9.0, -7.0, -1.5, -1e-6, 0.4, 2.0, 9.0, 30.0)}

_DENSITY = "dnorm(x, 0, 1)"
_BETWEEN = "ifelse(x > 0, pnorm(-x) - pnorm(-y), pnorm(y) - pnorm(x))"
_FAR = 8
_TERMS = 24  # at x = -8 the fraction is then right to 77 bits


def _fraction(x: str, terms: int) -> str:
    """-dnorm(x)/pnorm(x) for x far below 0: x + 1/(x + 2/(x + 3/(x + …)))."""
    text = x
    for k in range(terms, 0, -1):
        text = f"({x} + {k}/{text})"
    return text


PRIMS: tuple[Prim, ...] = (
    prim(
        "pnorm",
        "x",
        doc="distribution function of the standard normal distribution",
        source="DLMF 7.18.1, 7.1.2: erfc(-x/sqrt(2))/2",
        d={"x": _DENSITY},
        ball=balls.normal_below,
        probe=_PROBE,
        spell=_spell("pnorm", "pnorm", "special.ndtr", ""),
        expand="erfc(-x/sqrt(2))/2",
        stabilizes=[
            Stabilizes("1 - pnorm(x)", "pnorm(-x)"),
            # Above 0 both are near 1, and what they lack of 1 is small.
            Stabilizes("pnorm(y) - pnorm(x)", _BETWEEN, varies="x y"),
        ],
    ),
    prim(
        "log_pnorm",
        "x",
        doc="log(pnorm(x))",
        source="DLMF 7.18.1; below -8 by the fraction of inverse_mills",
        d={"x": "inverse_mills(x)"},
        ball=balls.log_normal_below,
        probe=_PROBE,
        spell=_spell("pnorm({x}, log.p = TRUE)", "extra::log_pnorm", "special.log_ndtr", ""),
        expand=f"ifelse(x < -{_FAR}, -x^2/2 - log(-sqrt(2*exact_pi())*{_fraction('x', _TERMS)}),"
        " ifelse(x > 0, log1p(-pnorm(-x)), log(pnorm(x))))",
        stabilizes=[
            Stabilizes("log(pnorm(x))", "log_pnorm(x)"),
            Stabilizes(
                f"log({_BETWEEN})",
                "ifelse(x > 0, logspace_sub(log_pnorm(-x), log_pnorm(-y)),"
                " logspace_sub(log_pnorm(y), log_pnorm(x)))",
            ),
        ],
    ),
    prim(
        "inverse_mills",
        "x",
        doc="dnorm(x)/pnorm(x), the derivative of log(pnorm(x))",
        source="Abramowitz and Stegun 26.2.14",
        d={"x": "-out*(x + out)"},
        ball=balls.inverse_mills,
        probe=_PROBE,
        spell=_spell(
            # Below -37 both are subnormal; until then R's own quotient is good.
            f"ifelse({{x}} < -30, -{_fraction('{x}', 6)}, dnorm({{x}})/pnorm({{x}}))".replace(
                "/", " / "
            ),
            "extra::inverse_mills",
            "0.7978845608028654 / special.erfcx({x} * -0.7071067811865476)",
            "",
        ),
        expand=f"ifelse(x < -{_FAR}, -{_fraction('x', _TERMS)},"
        " exp(-x^2/2)/(sqrt(2*exact_pi())*pnorm(x)))",
        stabilizes=[
            Stabilizes(f"{_DENSITY}/pnorm(x)", "inverse_mills(x)"),
            Stabilizes(f"pnorm(x)/{_DENSITY}", "1/inverse_mills(x)"),
            Stabilizes("dnorm(x, m, s)/pnorm((x - m)/s)", "inverse_mills((x - m)/s)/s"),
        ],
    ),
)
