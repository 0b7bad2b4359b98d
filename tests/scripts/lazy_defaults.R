# A default is evaluated when it is first used: after a has changed.
f <- function(p, a = p[1], b = a * 2) { a <- a + 1; (a - 3)^2 + b + p[2]^2 }
optim(c(1, 1), f)
