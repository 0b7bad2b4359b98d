# x is a number of the script, an argument, and a local variable.
x <- 5
g <- function(x) x^2
f <- function(p) { y <- g(p[1]); x <- y + 1; x * p[2] }
optim(c(2, 3), f)
