# The style of a well-known course: one function makes the cost, another one its gradient.
set.seed(31)
X <- cbind(1, matrix(rnorm(30), 15, 2))
y <- matrix(rbinom(15, 1, 0.6), ncol = 1)
sigmoid <- function(z) {
  z <- as.matrix(z)
  g <- 1 / (1 + exp(-z))
  g
}
costFunction <- function(X, y) {
  function(theta) {
    m <- length(y)
    h <- sigmoid(X %*% theta)
    J <- (-t(y) %*% log(h) - t(1 - y) %*% log(1 - h)) / m
    J
  }
}
grad <- function(X, y) {
  function(theta) {
    grad <- matrix(0, dim(as.matrix(theta)))
    m <- length(y)
    grad <- t(X) %*% (sigmoid(X %*% theta) - y) / m
    return(grad)
  }
}
initial_theta <- rep(0, ncol(X))
fit <- optim(par = initial_theta, fn = costFunction(X, y), gr = grad(X, y), method = "BFGS")
