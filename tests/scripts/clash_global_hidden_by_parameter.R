# The same with K among the parameters: the global number is not used.
K <- 10; t <- c(0, 1, 2); N <- c(2, 4, 6)
f <- function(par) with(as.list(par), sum((N - K / (1 + (K / N0 - 1) * exp(-r * t)))^2))
optim(c(r = 0.5, N0 = 2, K = 12), f)
