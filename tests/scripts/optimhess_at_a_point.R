# The Hessian at a given point.
f <- function(p) 100 * (p[2] - p[1]^2)^2 + (1 - p[1])^2
optimHess(c(0.8, 0.7), f)
