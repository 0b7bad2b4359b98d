"""Distribution functions and quantiles written in the language, with R's own arguments.

Each goes back to a form that neither cancels nor underflows in either tail. Where a
distribution has the survival function exp(-h), that is the cumulative hazard ``h``.
"""

from __future__ import annotations

from collections.abc import Mapping

PRIVATE: Mapping[str, str] = {
    "flags": """function(lower.tail, log.p) {
        if (!known(lower.tail)) refuse("'lower.tail' must be known when the model is compiled")
        if (!known(log.p)) refuse("'log.p' must be known when the model is compiled")
    }""",
    # A parameter that is not positive makes the value NaN as in R, here by its square root.
    "positive": """function(value, parameter, message) {
        if (!known(parameter)) return(ifelse(parameter < 0, sqrt(parameter), value))
        if (parameter <= 0) refuse(message)
        value
    }""",
    "needed": """function(parameter, message) {
        if (known(parameter) && parameter <= 0) refuse(message)
        parameter
    }""",
    "nothing": """function(lower.tail, log.p) {
        if (lower.tail) (if (log.p) -Inf else 0) else (if (log.p) 0 else 1)
    }""",
    "normal": """function(z, deviation, message, lower.tail, log.p) {
        z <- positive(z, deviation, message)
        if (!lower.tail) z <- -z
        if (log.p) log_pnorm(z) else pnorm(z)
    }""",
    "of_hazard": """function(h, lower.tail, log.p) {
        if (lower.tail) (if (log.p) log1mexp(h) else -expm1(-h))
        else (if (log.p) -h else exp(-h))
    }""",
    "gamma_tail": """function(x, a, lower.tail, log.p) {
        if (lower.tail) (if (log.p) log_pgamma(x, a) else pgamma(x, a))
        else (if (log.p) log_pgamma_upper(x, a) else pgamma_upper(x, a))
    }""",
    "beta_tail": """function(x, a, b, lower.tail, log.p) {
        if (lower.tail) (if (log.p) log_pbeta(x, a, b) else pbeta(x, a, b))
        else (if (log.p) log_pbeta_upper(x, a, b) else pbeta_upper(x, a, b))
    }""",
    "probability": """function(prob) {
        prob <- positive(prob, prob, "the argument 'prob' must be positive")
        positive(prob, 1 - prob, "the argument 'prob' must be less than 1")
    }""",
    "gamma_quantile": """function(p, a, lower.tail, log.p) {
        if (lower.tail) (if (log.p) qgamma_log(p, a) else qgamma(p, a))
        else (if (log.p) qgamma_upper_log(p, a) else qgamma_upper(p, a))
    }""",
    "beta_quantile": """function(p, a, b, lower.tail, log.p) {
        if (lower.tail) (if (log.p) qbeta_log(p, a, b) else qbeta(p, a, b))
        else (if (log.p) qbeta_upper_log(p, a, b) else qbeta_upper(p, a, b))
    }""",
    "central": """function(name, is.central) {
        if (!is.central) {
            refuse(paste0("'", name, "' is available without the noncentrality 'ncp' only"))
        }
    }""",
    # Negative where p is no probability, and then NaN.
    "hazard_of": """function(p, lower.tail, log.p) {
        h <- if (lower.tail) (if (log.p) -log1mexp(-p) else -log1p(-p))
            else (if (log.p) -p else -log(p))
        ifelse(h < 0, sqrt(h), h)
    }""",
}
"""Functions that only the texts of the prelude see."""

DISTRIBUTIONS: Mapping[str, str] = {
    "plogis": """function(q, location = 0, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        z <- positive((q - location)/scale, scale, "the argument 'scale' must be positive")
        if (!lower.tail) z <- -z
        if (log.p) -softplus(-z) else sigmoid(z)
    }""",
    "pnorm": """function(q, mean = 0, sd = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        normal((q - mean)/sd, sd, "the standard deviation 'sd' must be positive",
            lower.tail, log.p)
    }""",
    "pexp": """function(q, rate = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- positive(rate*q, rate, "the argument 'rate' must be positive")
        ifelse(q < 0, nothing(lower.tail, log.p), of_hazard(h, lower.tail, log.p))
    }""",
    "pweibull": """function(q, shape, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- positive((q/scale)^shape, scale, "the argument 'scale' must be positive")
        h <- positive(h, shape, "the argument 'shape' must be positive")
        ifelse(q <= 0, nothing(lower.tail, log.p), of_hazard(h, lower.tail, log.p))
    }""",
    "plnorm": """function(q, meanlog = 0, sdlog = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        ifelse(q <= 0, nothing(lower.tail, log.p),
            normal((log(q) - meanlog)/sdlog, sdlog, "the argument 'sdlog' must be positive",
                lower.tail, log.p))
    }""",
    "pcauchy": """function(q, location = 0, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        z <- positive((q - location)/scale, scale, "the argument 'scale' must be positive")
        if (!lower.tail) z <- -z
        if (log.p) ifelse(z > 0, log1p(-pcauchy(-z)), log(pcauchy(z))) else pcauchy(z)
    }""",
    "punif": """function(q, min = 0, max = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        width <- max - min
        part <- (if (lower.tail) q - min else max - q)/width
        part <- positive(part, width, "the argument 'max' must be larger than 'min'")
        if (log.p) part <- log(part)
        ifelse(q <= min, nothing(lower.tail, log.p),
            ifelse(q >= max, nothing(!lower.tail, log.p), part))
    }""",
    # As in R, what is within 1e-7 below a whole number counts as that number.
    "pgeom": """function(q, prob, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- -(floor(q + 1e-7) + 1)*log1p(-prob)
        h <- positive(h, prob, "the argument 'prob' must be positive")
        ifelse(q < 0, nothing(lower.tail, log.p), of_hazard(h, lower.tail, log.p))
    }""",
    "pgamma": """function(q, shape, rate = 1, scale = 1/rate, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        if (!missing(rate) && !missing(scale)) {
            refuse("'pgamma' takes 'rate' or 'scale', not both")
        }
        message <- "the arguments 'rate', 'scale' and 'shape' must be positive"
        x <- if (missing(scale)) positive(q*rate, rate, message)
            else positive(q/scale, scale, message)
        gamma_tail(x, needed(shape, message), lower.tail, log.p)
    }""",
    "pchisq": """function(q, df, ncp = 0, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("pchisq", missing(ncp))
        df <- needed(df, "the argument 'df' must be positive")
        gamma_tail(q/2, df/2, lower.tail, log.p)
    }""",
    "ppois": """function(q, lambda, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        lambda <- positive(lambda, lambda, "the argument 'lambda' must be positive")
        p <- gamma_tail(lambda, floor(q + 1e-7) + 1, !lower.tail, log.p)
        ifelse(q < 0, nothing(lower.tail, log.p), p)
    }""",
    "pbeta": """function(q, shape1, shape2, ncp = 0, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("pbeta", missing(ncp))
        message <- "the arguments 'shape1' and 'shape2' must be positive"
        beta_tail(q, needed(shape1, message), needed(shape2, message), lower.tail, log.p)
    }""",
    "pt": """function(q, df, ncp, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("pt", missing(ncp))
        df <- needed(df, "the argument 'df' must be positive")
        if (!lower.tail) q <- -q
        if (log.p) log_pt(q, df) else pt(q, df)
    }""",
    # x and 1 - x of the beta distribution, whichever is smaller, have no difference in them.
    "pf": """function(q, df1, df2, ncp, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("pf", missing(ncp))
        df1 <- needed(df1, "the argument 'df1' must be positive")
        df2 <- needed(df2, "the argument 'df2' must be positive")
        q <- ifelse(q < 0, 0, q)
        far <- beta_tail(df2/(df2 + df1*q), df2/2, df1/2, !lower.tail, log.p)
        near <- beta_tail(df1*q/(df2 + df1*q), df1/2, df2/2, lower.tail, log.p)
        ifelse(df1*q > df2, far, near)
    }""",
    "pbinom": """function(q, size, prob, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        k <- floor(q + 1e-7)
        p <- beta_tail(probability(prob), k + 1, size - k, !lower.tail, log.p)
        p <- ifelse(k >= size, nothing(!lower.tail, log.p), p)
        ifelse(k < 0, nothing(lower.tail, log.p), p)
    }""",
    "pnbinom": """function(q, size, prob, mu, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        if (missing(prob) == missing(mu)) refuse("'pnbinom' takes one of 'prob' and 'mu'")
        size <- needed(size, "the argument 'size' must be positive")
        k <- floor(q + 1e-7)
        if (missing(mu)) p <- beta_tail(probability(prob), size, k + 1, lower.tail, log.p)
        else {
            mu <- positive(mu, mu, "the argument 'mu' must be positive")
            far <- beta_tail(size/(size + mu), size, k + 1, lower.tail, log.p)
            near <- beta_tail(mu/(size + mu), k + 1, size, !lower.tail, log.p)
            p <- ifelse(mu > size, far, near)
        }
        ifelse(k < 0, nothing(lower.tail, log.p), p)
    }""",
    "qnorm": """function(p, mean = 0, sd = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        z <- if (log.p) qnorm_log(p) else qnorm(p)
        if (!lower.tail) z <- -z
        z <- positive(sd*z, sd, "the standard deviation 'sd' must be positive")
        if (missing(mean)) z else mean + z
    }""",
    "qlnorm": """function(p, meanlog = 0, sdlog = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        z <- if (log.p) qnorm_log(p) else qnorm(p)
        if (!lower.tail) z <- -z
        z <- positive(sdlog*z, sdlog, "the argument 'sdlog' must be positive")
        exp(if (missing(meanlog)) z else meanlog + z)
    }""",
    "qlogis": """function(p, location = 0, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        z <- if (log.p) p - log1mexp(-p) else logit(p)
        if (!lower.tail) z <- -z
        z <- positive(scale*z, scale, "the argument 'scale' must be positive")
        if (missing(location)) z else location + z
    }""",
    "qexp": """function(p, rate = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- hazard_of(p, lower.tail, log.p)/rate
        positive(h, rate, "the argument 'rate' must be positive")
    }""",
    "qweibull": """function(p, shape, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- hazard_of(p, lower.tail, log.p)
        x <- h^(1/shape)
        # Here h is exp(p) to the last digit, and underflows long before its root does.
        if (lower.tail && log.p) x <- ifelse(p < -50, exp(p/shape), x)
        x <- scale*x
        x <- positive(x, scale, "the argument 'scale' must be positive")
        positive(x, shape, "the argument 'shape' must be positive")
    }""",
    # Minus the cotangent of the angle, of its complement where that is the smaller one.
    "qcauchy": """function(p, location = 0, scale = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        below <- if (log.p) exp(p) else p
        above <- if (log.p) -expm1(p) else 1 - p
        z <- ifelse(below < 0.25, -1/tanpi(below),
            ifelse(above < 0.25, 1/tanpi(above), tanpi(below - 0.5)))
        z <- ifelse(above < 0, sqrt(above), z)
        if (!log.p) z <- ifelse(below < 0, sqrt(below), z)
        if (!lower.tail) z <- -z
        z <- positive(scale*z, scale, "the argument 'scale' must be positive")
        if (missing(location)) z else location + z
    }""",
    "qunif": """function(p, min = 0, max = 1, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        above <- if (log.p) -p else 1 - p
        if (log.p) p <- exp(p)
        x <- if (lower.tail) min + p*(max - min) else max - p*(max - min)
        x <- ifelse(above < 0, sqrt(above), x)
        if (!log.p) x <- ifelse(p < 0, sqrt(p), x)
        positive(x, max - min, "the argument 'max' must be larger than 'min'")
    }""",
    # A step function of everything, so its derivative is 0 wherever it has one.
    "qgeom": """function(p, prob, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        h <- hazard_of(p, lower.tail, log.p)/-log1p(-prob)
        x <- pmax(ceiling(h - 1 - 1e-12), 0)
        positive(x, prob, "the argument 'prob' must be positive")
    }""",
    "qgamma": """function(p, shape, rate = 1, scale = 1/rate, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        if (!missing(rate) && !missing(scale)) {
            refuse("'qgamma' takes 'rate' or 'scale', not both")
        }
        message <- "the arguments 'rate', 'scale' and 'shape' must be positive"
        x <- gamma_quantile(p, needed(shape, message), lower.tail, log.p)
        if (missing(scale)) positive(x/rate, rate, message) else positive(scale*x, scale, message)
    }""",
    "qchisq": """function(p, df, ncp = 0, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("qchisq", missing(ncp))
        df <- needed(df, "the argument 'df' must be positive")
        2*gamma_quantile(p, df/2, lower.tail, log.p)
    }""",
    "qbeta": """function(p, shape1, shape2, ncp = 0, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("qbeta", missing(ncp))
        message <- "the arguments 'shape1' and 'shape2' must be positive"
        beta_quantile(p, needed(shape1, message), needed(shape2, message), lower.tail, log.p)
    }""",
    "qt": """function(p, df, ncp, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("qt", missing(ncp))
        df <- needed(df, "the argument 'df' must be positive")
        x <- if (log.p) qt_log(p, df) else qt(p, df)
        if (lower.tail) x else -x
    }""",
    # As in R: by the beta distribution that has its quantile far from 1.
    "qf": """function(p, df1, df2, ncp, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        central("qf", missing(ncp))
        df1 <- needed(df1, "the argument 'df1' must be positive")
        df2 <- needed(df2, "the argument 'df2' must be positive")
        x <- beta_quantile(p, df2/2, df1/2, !lower.tail, log.p)
        y <- beta_quantile(p, df1/2, df2/2, lower.tail, log.p)
        ifelse(x < 0.5, (1/x - 1)*df2/df1, y/(1 - y)*df2/df1)
    }""",
    "qpois": """function(p, lambda, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        lambda <- needed(lambda, "the argument 'lambda' must be positive")
        if (lower.tail) (if (log.p) qpois_log(p, lambda) else qpois(p, lambda))
        else (if (log.p) qpois_upper_log(p, lambda) else qpois_upper(p, lambda))
    }""",
    "qbinom": """function(p, size, prob, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        prob <- needed(prob, "the argument 'prob' must be positive")
        if (lower.tail) (if (log.p) qbinom_log(p, size, prob) else qbinom(p, size, prob))
        else (if (log.p) qbinom_upper_log(p, size, prob) else qbinom_upper(p, size, prob))
    }""",
    "qnbinom": """function(p, size, prob, mu, lower.tail = TRUE, log.p = FALSE) {
        flags(lower.tail, log.p)
        if (missing(prob) == missing(mu)) refuse("'qnbinom' takes one of 'prob' and 'mu'")
        r <- if (missing(prob)) size/(size + mu)
            else needed(prob, "the argument 'prob' must be positive")
        if (lower.tail) (if (log.p) qnbinom_log(p, size, r) else qnbinom(p, size, r))
        else (if (log.p) qnbinom_upper_log(p, size, r) else qnbinom_upper(p, size, r))
    }""",
}
