# cause: other-quantity; lines: 10-13
set.seed(6)
X <- matrix(rnorm(24), 8, 3)
y <- rbinom(8, 1, 0.5)
sigmoid <- function(z) 1 / (1 + exp(-z))
cost <- function(w) {
  p <- sigmoid(X %*% w)
  -sum(y * log(p) + (1 - y) * log(1 - p))
}
cost_grad <- function(w) {
  p <- sigmoid(X %*% w)
  as.vector(p - y)
}
optim(c(0, 0, 0), cost, cost_grad, method = "Nelder-Mead")
