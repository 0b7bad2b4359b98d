# The parameters are called x, and so is a column.
d <- data.frame(x = c(1, 2, 4), y = c(2, 5, 7))
f <- function(x) sum((d$y - x[1] - x[2] * d$x)^2)
optim(c(1, 1), f)
