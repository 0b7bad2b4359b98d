# an optimiser hands on by place what its dots have no name for
f <- function(a, b, w) sum(w * (b - a)^2)
optim(c(0, 0), f, NULL, c(1, 2), w = 3)
