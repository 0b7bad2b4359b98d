# The data that count are those at the call.
y <- c(1, 2, 3)
f <- function(p) sum((y - p)^2)
y <- c(4, 5, 6)
optim(1, f, method = "Brent", lower = 0, upper = 10)
