"""Functions of the language that are written in the language, each with R's own arguments.

A text is parsed when its function is first called. Inside, the elementwise primitives of the
table go by their own names, so ``log(x)`` is the primitive and no call of ``log`` below.
``known(x)`` says whether a number is known at compile time; ``refuse(…)`` ends with a
diagnostic at the user's call.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.frontend.prelude.cumulative import DISTRIBUTIONS
from gradc.frontend.prelude.densities import DENSITIES
from gradc.frontend.prelude.tensorflow import TENSORFLOW

PRELUDE: Mapping[str, str] = {
    **DISTRIBUTIONS,
    **DENSITIES,
    "log": """function(x, base) {
        if (missing(base)) return(log(x))
        if (known(base)) {
            if (base == 2) return(log2(x))
            if (base == 10) return(log10(x))
        }
        log(x)/log(base)
    }""",
    "logb": """function(x, base) if (missing(base)) log(x) else log(x)/log(base)""",
    "round": """function(x, digits = 0) {
        if (!known(digits)) refuse("the number of digits must be known when the model is compiled")
        if (digits == 0) round(x) else rounded(x, digits)
    }""",
    "psigamma": """function(x, deriv = 0) {
        if (!known(deriv)) refuse("the order 'deriv' must be known when the model is compiled")
        if (deriv < 0 || deriv != round(deriv)) refuse("the order 'deriv' must be 0, 1, 2, …")
        if (deriv == 0) digamma(x) else if (deriv == 1) trigamma(x) else psigamma(x, deriv)
    }""",
    "besselI": """function(x, nu, expon.scaled = FALSE)
        if (expon.scaled) besselI_scaled(x, nu) else besselI(x, nu)""",
    "besselK": """function(x, nu, expon.scaled = FALSE)
        if (expon.scaled) besselK_scaled(x, nu) else besselK(x, nu)""",
    # Rows of a matrix are observations, as in mvtnorm.
    "dmvnorm": """function(x, mean, sigma, log = FALSE) {
        if (!known(log)) refuse("'log' must be known when the model is compiled")
        if (missing(sigma)) refuse("'dmvnorm' needs the covariance matrix 'sigma'")
        r <- chol(sigma)
        across <- if (is.matrix(x)) t(x) else x
        distance <- if (missing(mean)) across else across - mean
        z <- solve(t(r), distance)
        squares <- if (is.matrix(x)) colSums(z^2) else sum(z^2)
        count <- if (is.matrix(x)) ncol(x) else length(x)
        value <- -squares/2 - sum(log(diag(r))) - count*log(2*exact_pi())/2
        if (log) value else exp(value)
    }""",
    "SSasymp": "function(input, Asym, R0, lrc) Asym + (R0 - Asym)*exp(-exp(lrc)*input)",
    "SSasympOff": "function(input, Asym, lrc, c0) Asym*(1 - exp(-exp(lrc)*(input - c0)))",
    "SSasympOrig": "function(input, Asym, lrc) Asym*(1 - exp(-exp(lrc)*input))",
    "SSbiexp": """function(input, A1, lrc1, A2, lrc2)
        A1*exp(-exp(lrc1)*input) + A2*exp(-exp(lrc2)*input)""",
    "SSfol": """function(Dose, input, lKe, lKa, lCl)
        Dose*exp(lKe + lKa - lCl)*(exp(-exp(lKe)*input) - exp(-exp(lKa)*input))/
            (exp(lKa) - exp(lKe))""",
    "SSfpl": "function(input, A, B, xmid, scal) A + (B - A)/(1 + exp((xmid - input)/scal))",
    "SSgompertz": "function(x, Asym, b2, b3) Asym*exp(-b2*b3^x)",
    "SSlogis": "function(input, Asym, xmid, scal) Asym/(1 + exp((xmid - input)/scal))",
    "SSmicmen": "function(input, Vm, K) Vm*input/(K + input)",
    "SSweibull": "function(x, Asym, Drop, lrc, pwr) Asym - Drop*exp(-exp(lrc)*x^pwr)",
    # Written out, the derivative is a sum of products; digamma(n + 1) - digamma(n - k + 1)
    # would cancel for large n.
    "choose": """function(n, k) {
        if (!known(k)) return(choose(n, k))
        k <- round(k)
        if (k > 30) return(choose(n, k))
        if (k < 0) return(0)
        value <- 1
        for (j in seq_len(k)) value <- value*(n - (j - 1))/j
        value
    }""",
    "lchoose": """function(n, k) {
        if (!known(k)) return(lchoose(n, k))
        k <- round(k)
        if (k > 30) return(lchoose(n, k))
        if (k < 0) return(-Inf)
        if (k == 0) return(0)
        value <- log(abs(n))
        for (j in seq_len(k - 1)) value <- value + log(abs(n - j))
        if (k == 1) value else if (k <= 18) value - log(prod(seq_len(k)))
        else value - sum(log(seq_len(k)))
    }""",
    "factorial": """function(x) {
        if (known(x) && x >= 0 && x <= 18 && x == round(x)) prod(seq_len(x)) else gamma(x + 1)
    }""",
    "lfactorial": "function(x) lgamma(x + 1)",
    "is.finite": "function(x) abs(x) < Inf",
    "is.infinite": "function(x) abs(x) == Inf",
    "is.nan": "function(x) x != x",
    "var": "function(x) sum((x - mean(x))^2)/(length(x) - 1)",
    "sd": "function(x) sqrt(sum((x - mean(x))^2)/(length(x) - 1))",
}

PYTHON_PRELUDE: Mapping[str, str] = {
    **DENSITIES,
    "cbrt": "function(x) sign(x)*abs(x)^(1/3)",
    "exp2": "function(x) 2^x",
    "square": "function(x) x^2",
    "reciprocal": "function(x) 1/x",
    "clip": "function(x, a_min, a_max) pmin(pmax(x, a_min), a_max)",
    "polygamma": """function(n, x) {
        if (!known(n)) refuse("the order 'n' must be known when the model is compiled")
        if (n == 0) digamma(x) else if (n == 1) trigamma(x) else psigamma(x, n)
    }""",
    "iv": "function(v, z) besselI(z, v)",
    "jv": "function(v, z) besselJ(z, v)",
    "kv": "function(v, z) besselK(z, v)",
    "yv": "function(v, z) besselY(z, v)",
    "ive": "function(v, z) besselI_scaled(z, v)",
    "kve": "function(v, z) besselK_scaled(z, v)",
    "var": "function(a, ddof = 0) sum((a - mean(a))^2)/(length(a) - ddof)",
    "std": "function(a, ddof = 0) sqrt(sum((a - mean(a))^2)/(length(a) - ddof))",
    "hypot": "function(x, y) hypot(x, y)",
    "ndtr": "function(x) pnorm(x)",
    "ndtri": "function(y) qnorm(y)",
    "ndtri_exp": "function(y) qnorm_log(y)",
    "log_ndtr": "function(x) log_pnorm(x)",
    **TENSORFLOW,
}
