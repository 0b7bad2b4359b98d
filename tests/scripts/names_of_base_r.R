# t, C and T are variables here.
t <- c(0, 1, 2)
C <- c(3, 2, 1.1)
f <- function(par) { T <- par[2]; sum((C - par[1] * exp(-t / T))^2) }
optim(c(3, 2), f)
