"""The density functions ``d…`` of the language, each with R's own arguments.

The primitives of the table are logarithms of densities; a density itself is the exponential
of its logarithm, but for the normal one, where R keeps more digits in the tails.
"""

from __future__ import annotations

from collections.abc import Mapping

_KNOWN = "if (!known(log)) refuse(\"'log' must be known when the model is compiled\")"
_TAKES_NO = "if (!missing({0})) refuse(\"'{0}' is not available: {1} has no derivative here\")"


def _density(formals: str, logarithm: str, *checks: str, plain: str = "exp(value)") -> str:
    """The text of one density: ``value`` is its logarithm."""
    lines = [f"function({formals}, log = FALSE) {{", _KNOWN, *checks]
    if plain == "exp(value)":
        lines += [f"value <- {logarithm}", f"if (log) value else {plain}", "}"]
    else:
        lines += [f"if (log) {logarithm} else {plain}", "}"]
    return "\n".join(lines)


def _positive(name: str, words: str) -> str:
    return f'if (known({name}) && {name} <= 0) refuse("{words} must be positive")'


def _within(name: str, wrong: str, words: str) -> str:
    return f'if (known({name}) && ({wrong})) refuse("{words}")'


_PROBABILITY = _within("prob", "prob < 0 || prob > 1", "'prob' must be between 0 and 1")
_CHANCE = _within("prob", "prob <= 0 || prob > 1", "'prob' must be above 0 and at most 1")
_SCALE = _positive("scale", "the scale 'scale'")
_SHAPE = _positive("shape", "the shape 'shape'")
_NONCENTRAL = "the noncentral density"

# R's rate and scale: one of the two, or both where they say the same.
_RATE_OR_SCALE = """
if (!missing(rate) && !missing(scale)) {
    if (!known(rate) || !known(scale) || abs(rate*scale - 1) >= 1e-15)
        refuse("'rate' and 'scale' are two words for one number: give one of them")
}
if (known(rate) && rate <= 0) refuse("the rate 'rate' must be positive")"""
_PROB_OR_MU = """
if (!missing(mu)) {
    if (!missing(prob)) refuse("'prob' and 'mu' are both given")
} else if (missing(prob)) refuse("the argument 'prob' of 'dnbinom' is missing")
"""
# R compares by all.equal(); counts are whole.
_MULTINOMIAL = """function(x, size = NULL, prob, log = FALSE) {
    if (!known(log)) refuse("'log' must be known when the model is compiled")
    if (length(x) != length(prob)) refuse("'x' and 'prob' must have one length")
    total <- sum(x)
    value <- lgamma(total + 1) - sum(lgamma(x + 1)) +
        sum(ifelse(x == 0, 0, x*log(prob))) - ifelse(total == 0, 0, total*log(sum(prob)))
    if (!is.null(size)) value <- ifelse(size == total, value, NaN)
    if (log) value else exp(value)
}"""

DENSITIES: Mapping[str, str] = {
    "dnorm": _density(
        "x, mean = 0, sd = 1",
        "dnorm_log(x, mean, sd)",
        _positive("sd", "the standard deviation 'sd'"),
        plain="dnorm(x, mean, sd)",
    ),
    "dlnorm": _density(
        "x, meanlog = 0, sdlog = 1",
        "dlnorm_log(x, meanlog, sdlog)",
        _positive("sdlog", "the standard deviation 'sdlog'"),
    ),
    "dexp": _density("x, rate = 1", "dexp_log(x, rate)", _positive("rate", "the rate 'rate'")),
    "dgamma": _density(
        "x, shape, rate = 1, scale = 1/rate",
        "dgamma_log(x, shape, scale)",
        _RATE_OR_SCALE,
        _SHAPE,
        _SCALE,
    ),
    "dchisq": _density(
        "x, df, ncp",
        "dgamma_log(x, df/2, 2)",
        _TAKES_NO.format("ncp", _NONCENTRAL),
        _positive("df", "the degrees of freedom 'df'"),
    ),
    "dbeta": _density(
        "x, shape1, shape2, ncp",
        "dbeta_log(x, shape1, shape2)",
        _TAKES_NO.format("ncp", _NONCENTRAL),
        _positive("shape1", "the shape 'shape1'"),
        _positive("shape2", "the shape 'shape2'"),
    ),
    "dt": _density(
        "x, df, ncp",
        "dt_log(x, df)",
        _TAKES_NO.format("ncp", _NONCENTRAL),
        _positive("df", "the degrees of freedom 'df'"),
    ),
    "df": _density(
        "x, df1, df2, ncp",
        "df_log(x, df1, df2)",
        _TAKES_NO.format("ncp", _NONCENTRAL),
        _positive("df1", "the degrees of freedom 'df1'"),
        _positive("df2", "the degrees of freedom 'df2'"),
    ),
    "dcauchy": _density("x, location = 0, scale = 1", "dcauchy_log(x, location, scale)", _SCALE),
    "dlogis": _density("x, location = 0, scale = 1", "dlogis_log(x, location, scale)", _SCALE),
    "dweibull": _density("x, shape, scale = 1", "dweibull_log(x, shape, scale)", _SHAPE, _SCALE),
    "dunif": _density(
        "x, min = 0, max = 1",
        "dunif_log(x, min, max)",
        "if (known(min) && known(max) && min >= max) refuse(\"'min' must be below 'max'\")",
    ),
    "dpois": _density(
        "x, lambda",
        "dpois_log(x, lambda)",
        _within("lambda", "lambda < 0", "the mean 'lambda' must not be negative"),
    ),
    "dbinom": _density("x, size, prob", "dbinom_log(x, size, prob)", _PROBABILITY),
    "dnbinom": _density(
        "x, size, prob, mu",
        "if (missing(mu)) dnbinom_log(x, size, prob) else dnbinom_mu_log(x, size, mu)",
        _PROB_OR_MU,
        "if (missing(mu)) {",
        _CHANCE,
        "}",
    ),
    "dgeom": _density("x, prob", "dgeom_log(x, prob)", _CHANCE),
    "dmultinom": _MULTINOMIAL,
    # As TMB has it: the variance is phi*mu^p, and 0 has a probability of its own.
    "dtweedie": _density(
        "y, mu, phi, p",
        "dtweedie_log(y, mu, phi, p)",
        _positive("mu", "the mean 'mu'"),
        _positive("phi", "the dispersion 'phi'"),
        _within("p", "p <= 1 || p >= 2", "the power 'p' must be between 1 and 2"),
    ),
    # TMB's parametrisation by mean and variance: var = mu + mu^2/size.
    "dnbinom2": _density("x, mu, var", "dnbinom_mu_log(x, mu^2/(var - mu), mu)"),
}
