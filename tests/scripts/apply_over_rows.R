# apply goes through the rows of a matrix.
X <- matrix(c(1, 1, 1, 0.5, 1.5, 2.5), ncol = 2)
y <- c(1, 2, 4)
f <- function(b) { mu <- apply(X, 1, function(r) sum(r * b)); sum((y - mu)^2) }
optim(c(0, 1), f)
