"""Densities of ``scipy.stats``, with SciPy's own arguments."""

from __future__ import annotations

from collections.abc import Mapping

# distribution: (arguments before loc and scale, the logarithm of the density)
_CONTINUOUS: Mapping[str, tuple[str, str]] = {
    "norm": ("", "dnorm_log(x, loc, scale)"),
    "lognorm": ("s, ", "dlnorm_log(x - loc, log(scale), s)"),
    "expon": ("", "dexp_log(x - loc, 1/scale)"),
    "gamma": ("a, ", "dgamma_log(x - loc, a, scale)"),
    "beta": ("a, b, ", "scaled(dbeta_log((x - loc)/scale, a, b))"),
    "chi2": ("df, ", "dgamma_log(x - loc, df/2, 2*scale)"),
    "t": ("df, ", "scaled(dt_log((x - loc)/scale, df))"),
    "f": ("dfn, dfd, ", "scaled(df_log((x - loc)/scale, dfn, dfd))"),
    "cauchy": ("", "dcauchy_log(x, loc, scale)"),
    "logistic": ("", "dlogis_log(x, loc, scale)"),
    "weibull_min": ("c, ", "dweibull_log(x - loc, c, scale)"),
    "uniform": ("", "dunif_log(x, loc, loc + scale)"),
}
_DISCRETE: Mapping[str, tuple[str, str]] = {
    "poisson": ("mu, ", "dpois_log(k - loc, mu)"),
    "binom": ("n, p, ", "dbinom_log(k - loc, n, p)"),
    "bernoulli": ("p, ", "dbinom_log(k - loc, 1, p)"),
    "nbinom": ("n, p, ", "dnbinom_log(k - loc, n, p)"),
    # SciPy counts trials, R the failures before the first success.
    "geom": ("p, ", "dgeom_log(k - loc - 1, p)"),
}


def _texts() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, (shapes, logarithm) in _CONTINUOUS.items():
        inside = logarithm.removeprefix("scaled(")
        if inside != logarithm:
            value = inside.removesuffix(")")
            logarithm = f"if (known(scale) && scale == 1) {value} else {value} - log(scale)"
        head = f"function(x, {shapes}loc = 0, scale = 1)"
        found[f"{name}.logpdf"] = f"{head} {{ {logarithm} }}"
        plain = "dnorm(x, loc, scale)" if name == "norm" else f"exp({{ {logarithm} }})"
        found[f"{name}.pdf"] = f"{head} {plain}"
    for name, (shapes, logarithm) in _DISCRETE.items():
        head = f"function(k, {shapes}loc = 0)"
        found[f"{name}.logpmf"] = f"{head} {logarithm}"
        found[f"{name}.pmf"] = f"{head} exp({logarithm})"
    return found


STATS: Mapping[str, str] = _texts()
"""Texts of the prelude by ``distribution.method``."""
