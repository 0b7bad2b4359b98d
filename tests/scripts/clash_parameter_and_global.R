# The parameter x and the global variable x.
x <- c(1, 2, 4); y <- c(2, 5, 7)
f <- function(par) { x0 <- par[["x"]]; sum((y - x0 * x)^2) + par[["z"]]^2 }
optim(c(x = 3, z = 1), f)
