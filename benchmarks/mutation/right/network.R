# One hidden layer, backpropagation by hand.
set.seed(15)
X <- matrix(rnorm(16), 8, 2)
y <- rnorm(8)
sigmoid <- function(z) 1 / (1 + exp(-z))
loss <- function(theta) {
  W1 <- matrix(theta[1:6], 2, 3)
  h <- sigmoid(X %*% W1)
  0.5 * sum((h %*% theta[7:9] - y)^2)
}
loss_grad <- function(theta) {
  W1 <- matrix(theta[1:6], 2, 3)
  w2 <- theta[7:9]
  h <- sigmoid(X %*% W1)
  e <- h %*% w2 - y
  dw2 <- t(h) %*% e
  dz <- (e %*% t(w2)) * h * (1 - h)
  dW1 <- t(X) %*% dz
  c(dW1, dw2)
}
fit <- optim(c(0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8, 0.9), loss, loss_grad, method = "BFGS",
  control = list(maxit = 5))
