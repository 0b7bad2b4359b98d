# The start names a before b, the function uses b before a.
f <- function(par) (par["b"] - 2)^2 + 3 * (par["a"] + 1)^2 + par["a"] * par["b"]
optim(c(a = 1, b = 0), f)
