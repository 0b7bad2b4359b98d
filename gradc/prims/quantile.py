"""The table, part nine: quantiles of the gamma, beta and t distributions, and of counts.

From F(out, shapes) = p follow the derivatives: 1/density in p, and in a shape minus the
derivative of F in that shape over the density.
"""

from __future__ import annotations

import re

from gradc.prims import cumulative, cumulative_beta, student
from gradc.prims.cumulative import r_call
from gradc.prims.quantile_shapes import QUANTILES
from gradc.prims.schema import Prim, Spelling, prim

_VARIANTS = {
    "": (False, False),
    "_upper": (True, False),
    "_log": (False, True),
    "_upper_log": (True, True),
}


def _at_out(rule: str) -> str:
    return re.sub(r"\bx\b", "out", rule)


def _shape_rule(split: str, low: str, high: str, density: str, *, upper: bool, log: bool) -> str:
    """Minus the derivative of the tail's logarithm over the density, both relative to the tail.

    ``low`` and ``high`` are derivatives of the logarithms of the lower and the upper tail,
    ``density`` is the density over exp(scale).
    """
    rest = "expm1(-p)" if log else "(1 - p)"  # the other tail, relative to this one with log
    own = "" if log else "p*"
    below = f"-{rest}*{low}" if upper else f"{own}{low}"
    above = f"{own}{high}" if upper else f"-{rest}*{high}"
    sign = "" if upper else "-"
    return f"{sign}ifelse(out < {split}, {below}, {above})/{density}"


def _rules(
    density: str, split: str, shapes: dict[str, tuple[str, str]], *, upper: bool, log: bool
) -> dict[str, str]:
    density = _at_out(density.format(" - p" if log else ""))
    rules = {"p": f"{'-' * upper}1/{density}"}
    for shape, (low, high) in shapes.items():
        rules[shape] = _shape_rule(
            split, _at_out(low), _at_out(high), density, upper=upper, log=log
        )
    return rules


def python_call(family: str, *arguments: str, upper: bool, log: bool) -> str:
    """A call of a function that emitted Python brings along."""
    flags = ", upper=True" * upper + ", log=True" * log
    return f"_{family}_quantile({', '.join(f'{{{argument}}}' for argument in arguments)}{flags})"


def _spelling(
    family: str, shapes: tuple[str, ...], name: str, numpy: str = ""
) -> dict[str, Spelling]:
    upper, log = _VARIANTS[name]
    python = python_call(family, "p", *shapes, upper=upper, log=log)
    return {
        "r": r_call(f"q{family}", "p", *shapes, upper=upper, log=log),
        "tmb": f"extra::q{family}{name}",
        "numpy": numpy or python,
        "tf": python,
    }


_GAMMA_NUMPY = {
    "": "special.gammaincinv({a}, {p})",
    "_upper": "special.gammainccinv({a}, {p})",
}
_BETA_NUMPY = {
    "": "special.betaincinv({a}, {b}, {p})",
    "_upper": "special.betainccinv({a}, {b}, {p})",
}
_PROBABILITIES = (0.1, 0.8)
_LOGS = (-4.0, -0.2)

_GAMMAS = tuple(
    prim(
        f"qgamma{name}",
        "p a",
        doc="quantile of the gamma distribution",
        source="inverse of DLMF 8.2.4",
        d=_rules(
            cumulative.DENSITY,
            cumulative.SPLIT,
            {"a": (cumulative.LOW_SHAPE, cumulative.HIGH_SHAPE)},
            upper=upper,
            log=log,
        ),
        domain="p < 0 and a > 0" if log else "p > 0 and p < 1 and a > 0",
        ball=QUANTILES[f"qgamma{name}"],
        probe={"p": _LOGS if log else _PROBABILITIES, "a": (0.6, 4.5)},
        spell=_spelling("gamma", ("a",), name, _GAMMA_NUMPY.get(name, "")),
    )
    for name, (upper, log) in _VARIANTS.items()
)
_BETAS = tuple(
    prim(
        f"qbeta{name}",
        "p a b",
        doc="quantile of the beta distribution",
        source="inverse of DLMF 8.17.2",
        d=_rules(
            cumulative_beta.DENSITY,
            cumulative_beta.SPLIT,
            {
                "a": (cumulative_beta.LOW_A, cumulative_beta.HIGH_A),
                "b": (cumulative_beta.LOW_B, cumulative_beta.HIGH_B),
            },
            upper=upper,
            log=log,
        ),
        domain="p < 0" if log else "p > 0 and p < 1",
        ball=QUANTILES[f"qbeta{name}"],
        probe={"p": (-0.5,) if log else (0.3,), "a": (0.6,), "b": (2.5,)},
        spell=_spelling("beta", ("a", "b"), name, _BETA_NUMPY.get(name, "")),
    )
    for name, (upper, log) in _VARIANTS.items()
)
# R rounds exp(p) to a double and loses what it is short of 1; the other tail has all digits.
_STUDENT_LOG_R = "ifelse({p} > -log(2), -qt(-expm1({p}), {v}), qt({p}, {v}, log.p = TRUE))"
_STUDENTS = tuple(
    prim(
        f"qt{name}",
        "p v",
        doc="quantile of Student's t",
        source="inverse of Abramowitz and Stegun 26.7.1",
        d={
            "p": f"1/{_at_out(student.DENSITY.format(scale))}",
            "v": f"-({_at_out(student.shape(scale))})/{_at_out(student.DENSITY.format(scale))}",
        },
        domain="p < 0" if log else "p > 0 and p < 1",
        ball=QUANTILES[f"qt{name}"],
        probe={"p": _LOGS if log else _PROBABILITIES, "v": (3.0,)},
        spell={
            **_spelling("t", ("v",), name),
            **({"r": _STUDENT_LOG_R} if log else {}),
        },
    )
    for name, log, scale in (("", False, ""), ("_log", True, " - p"))
)

PRIMS: tuple[Prim, ...] = (*_GAMMAS, *_BETAS, *_STUDENTS)
