# Multinomial logistic regression, weights in a matrix.
set.seed(12)
X <- cbind(1, rnorm(9))
cls <- rep(1:3, 3)
Y <- matrix(0, 9, 3)
Y[cbind(1:9, cls)] <- 1
nll <- function(w) {
  eta <- X %*% matrix(w, 2, 3)
  -sum(Y * eta) + sum(log(rowSums(exp(eta))))
}
nll_grad <- function(w) {
  eta <- X %*% matrix(w, 2, 3)
  P <- exp(eta) / rowSums(exp(eta))
  as.vector(t(X) %*% (P - Y))
}
optim(c(0.1, 0.2, -0.1, 0.3, 0, -0.2), nll, nll_grad, method = "BFGS")
