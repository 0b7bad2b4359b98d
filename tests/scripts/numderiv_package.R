# What numDeriv differentiates is a model, too.
library(numDeriv)
f <- function(p) exp(p[1]) * sin(p[2])
grad(f, c(0.5, 1))
hessian(f, c(0.5, 1))
