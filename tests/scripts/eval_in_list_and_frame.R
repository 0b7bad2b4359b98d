# Parameters in a list and data in a data frame, joined by c.
dat <- data.frame(x = c(1, 2, 3))
pars <- list(a = 1, b = 0.5)
g <- deriv(~ a * exp(b * x), c("a", "b"))
eval(g, c(pars, dat))
