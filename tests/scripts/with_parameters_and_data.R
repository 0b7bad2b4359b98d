# with() among the parameters and the columns at once.
d <- data.frame(y = c(1, 2, 3), x = c(0, 1, 2))
nll <- function(p) with(c(as.list(p), d), -sum(dnorm(y, a + b * x, exp(ls), log = TRUE)))
optim(c(a = 0, b = 1, ls = 0), nll)
