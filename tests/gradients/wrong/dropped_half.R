# cause: dropped-half; lines: 6-6
set.seed(3)
X <- matrix(rnorm(30), 10, 3)
y <- rnorm(10)
fn <- function(w) 0.5 * sum((X %*% w - y)^2)
gr <- function(w) 2 * as.vector(t(X) %*% (X %*% w - y))
optim(c(0, 0, 0), fn, gr, method = "BFGS")
