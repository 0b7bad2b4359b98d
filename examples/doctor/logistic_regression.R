# Logistic regression by hand, fitted with optim() and its own gradient.
set.seed(1)
n <- 60
X <- cbind(1, rnorm(n), runif(n))
y <- as.numeric(runif(n) < 1 / (1 + exp(-X %*% c(-0.5, 1.2, 0.8))))

sigmoid <- function(z) 1 / (1 + exp(-z))

sigmoid_deriv <- function(z) {
  0.1 * sigmoid(z) * (1 - sigmoid(z))
}

cost <- function(theta, X, y) {
  p <- sigmoid(X %*% theta)
  -sum(y * log(p) + (1 - y) * log(1 - p)) / length(y)
}

cost_gradient <- function(theta, X, y) {
  p <- sigmoid(X %*% theta)
  t(X) %*% (p - y) / length(y)
}

fit <- optim(c(0, 0, 0), cost, cost_gradient, X = X, y = y, method = "BFGS")
print(fit$par)
