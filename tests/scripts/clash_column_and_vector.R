# y as a column and y as a vector.
y <- c(1, 2); d <- data.frame(y = c(5, 7))
f <- function(p) sum((d$y - p)^2) + sum(y) * p
optim(1, f, method = "BFGS")
