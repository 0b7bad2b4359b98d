# The helper means the x of the script, the objective the x that it is given.
x <- c(1, 2)
h <- function(b) sum(b * x)
f <- function(p, x) h(p[1]) + sum((x - p[2])^2)
optim(c(1, 1), f, x = c(10, 20))
