"""The densities of the table as calls of R's own functions, whatever a target computes them by."""

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
        "dnbinom_mu_log": "dnbinom({x}, {size}, mu = {mu}, log = TRUE)",
    }


R_DENSITIES: Mapping[str, str] = _calls()
