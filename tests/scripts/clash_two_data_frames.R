# Two data frames with the same columns.
tr <- data.frame(x = c(1, 2), y = c(2, 3)); te <- data.frame(x = c(5, 6), y = c(9, 10))
f <- function(p) sum((tr$y - p[1] * tr$x)^2) + 0.1 * sum((te$y - p[1] * te$x)^2)
optim(1, f, method = "BFGS")
