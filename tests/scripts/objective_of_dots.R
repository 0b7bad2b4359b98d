# the parameter of a function that takes dots only
f <- function(p) sum((p - c(1, 2))^2)
optim(c(0.5, 1), function(...) -f(...), control = list(fnscale = -1))
