# A data frame and some of its rows have the same columns.
d <- data.frame(y = c(1, 2, 3), x = c(2, 1, 0)); d2 <- d[d$x > 0, ]
f <- function(p) sum((d$y - p)^2) + sum(d2$y) * p
optim(1, f, method = "BFGS")
