# cause: any; lines: 5-5
set.seed(9)
X <- matrix(rnorm(30), 10, 3); y <- rnorm(10); lambda <- 1.5
fn <- function(b) sum((y - X %*% b)^2) + lambda * sum(b^2)
gr <- function(b) as.vector(-2 * t(X) %*% (y - X %*% b) + lambda * b)
optim(c(0, 0, 0), fn, gr, method = "BFGS")
