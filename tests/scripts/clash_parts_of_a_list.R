# Parameters have the names of the parts of a list.
obs <- list(a = c(1, 2), b = c(3, 4))
f <- function(p) sum((obs$a - p["a"])^2) + sum((obs$b - p["b"])^2)
optim(c(a = 0, b = 0), f)
