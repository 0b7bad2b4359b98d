"""Densities and tails of the table as calls of R's own functions, whatever computes them."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims import TABLE


def _calls() -> dict[str, str]:
    """The spelling in R, or R's call where R itself loses digits and something else is emitted."""
    spelt = {
        prim.name: prim.spell["r"]
        for prim in TABLE
        if prim.name.startswith("d") and prim.name.endswith("_log") and "r" in prim.spell
    }
    return {name: text for name, text in spelt.items() if isinstance(text, str)} | {
        "dnorm": "dnorm",
        "dweibull_log": "dweibull({x}, {shape}, {scale}, log = TRUE)",
        "dtweedie_log": "dtweedie({y}, {mu}, {phi}, {p}, log = TRUE)",
        "dnbinom_mu_log": "dnbinom({x}, {size}, mu = {mu}, log = TRUE)",
    }


R_DENSITIES: Mapping[str, str] = _calls()

R_TAILS: Mapping[str, str] = {
    prim.name: text
    for prim in TABLE
    if isinstance(text := prim.spell.get("r"), str)
    and ("lower.tail = " in text or "log.p = " in text)
} | {
    "qnorm_log": "qnorm({p}, log.p = TRUE)",
    "qt_log": "qt({p}, {v}, log.p = TRUE)",
}
"""What R has as a flag of a distribution function or quantile, and the table as a primitive."""
