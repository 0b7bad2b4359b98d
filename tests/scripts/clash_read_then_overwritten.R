# sigma is read from outside, then assigned inside.
sigma <- 2
y <- c(1, 2)
f <- function(p) { s0 <- sigma; sigma <- exp(p[2]); -sum(dnorm(y, p[1], sigma * s0, log = TRUE)) }
optim(c(mu = 0, sigma = 0), f)
