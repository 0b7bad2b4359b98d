set.seed(15)
X <- matrix(rnorm(20), 10, 2)
y <- rnorm(10)
sigmoid <- function(z) 1 / (1 + exp(-z))
unpack <- function(theta) list(W1 = matrix(theta[1:6], 2, 3), w2 = theta[7:9])
loss <- function(theta) {
  p <- unpack(theta)
  h <- sigmoid(X %*% p$W1)
  0.5 * sum((h %*% p$w2 - y)^2)
}
loss_grad <- function(theta) {
  p <- unpack(theta)
  h <- sigmoid(X %*% p$W1)
  e <- h %*% p$w2 - y
  dw2 <- t(h) %*% e
  dh <- e %*% t(p$w2)
  dz <- dh * h * (1 - h)
  dW1 <- t(X) %*% dz
  c(dW1, dw2)
}
fit <- optim(rnorm(9), loss, loss_grad, method = "BFGS", control = list(maxit = 5))
