# Two lists with parts of the same names, vectors and numbers.
A <- list(y = c(1, 2), s = 2); B <- list(y = c(4, 5), s = 3)
f <- function(p) sum((A$y - p)^2) / A$s + sum((B$y - p)^2) / B$s
optim(1, f, method = "BFGS")
