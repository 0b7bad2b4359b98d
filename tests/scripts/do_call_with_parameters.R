# do.call spreads the parameters over the arguments of a function.
y <- c(1, 2, 3)
ll <- function(mu, ls) -sum(dnorm(y, mu, exp(ls), log = TRUE))
optim(c(mu = 1, ls = 0), function(p) do.call(ll, as.list(p)))
