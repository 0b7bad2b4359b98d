set.seed(12)
n <- 12; p <- 2; K <- 3
X <- cbind(1, matrix(rnorm(n), n, p - 1))
cls <- sample(1:K, n, TRUE)
Y <- matrix(0, n, K)
Y[cbind(1:n, cls)] <- 1
nll <- function(w) {
  W <- matrix(w, p, K)
  eta <- X %*% W
  -sum(Y * eta) + sum(log(rowSums(exp(eta))))
}
nll_grad <- function(w) {
  W <- matrix(w, p, K)
  eta <- X %*% W
  P <- exp(eta) / rowSums(exp(eta))
  as.vector(t(X) %*% (P - Y))
}
optim(rep(0, p * K), nll, nll_grad, method = "BFGS")
