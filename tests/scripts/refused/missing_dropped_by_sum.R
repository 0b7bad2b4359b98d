# G202: NA enters the arithmetic
y <- c(3, NA, 2, 5, 4)
nll <- function(p) -sum(dnorm(y, p[1], exp(p[2]), log = TRUE), na.rm = TRUE)
optim(c(3, 0), nll)
