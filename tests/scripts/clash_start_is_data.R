# The start is used in the function, too: there it stays what it is.
start <- c(b0 = 1, b1 = 2)
x <- c(0, 1, 2); y <- c(1, 2, 2)
f <- function(b) { pen <- sum((b - start)^2); sum((y - b["b0"] - b["b1"] * x)^2) + pen }
optim(start, f)
