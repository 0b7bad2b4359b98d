# unlist numbers the names of the start.
start <- list(a = 1, b = c(0.5, 0.2))
x1 <- c(1, 2, 3); x2 <- c(0, 1, 1); y <- c(3.1, 5.2, 6.7)
f <- function(p) sum((y - p["a"] - p["b1"] * x1 - p["b2"] * x2)^2)
optim(unlist(start), f)
