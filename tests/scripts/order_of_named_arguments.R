# Data are passed by name, in another order.
f <- function(beta, sigma, y) sum((y - beta[1])^2) / sigma + beta[2]^2
optim(c(1, 1), f, y = c(1, 2), sigma = 3)
