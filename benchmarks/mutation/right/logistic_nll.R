# Logistic regression in matrices, data passed through.
set.seed(3)
X <- cbind(1, rnorm(14), runif(14))
y <- rbinom(14, 1, 0.5)
nll <- function(beta, X, y) {
  eta <- as.vector(X %*% beta)
  sum(log(1 + exp(eta)) - y * eta)
}
nll_gradient <- function(beta, X, y) {
  p <- 1 / (1 + exp(-as.vector(X %*% beta)))
  as.vector(t(X) %*% (p - y))
}
optim(c(0.1, -0.2, 0.3), nll, nll_gradient, X = X, y = y, method = "BFGS")
