# list of layers, forward and backward, training loop
set.seed(3)
X <- matrix(rnorm(40), 20, 2); y <- matrix(rnorm(20), 20, 1)
params <- list(W1 = matrix(rnorm(6), 2, 3), b1 = rep(0, 3), W2 = matrix(rnorm(3), 3, 1), b2 = 0)
forward <- function(p, X) {
  z1 <- sweep(X %*% p$W1, 2, p$b1, "+")
  a1 <- tanh(z1)
  list(a1 = a1, out = a1 %*% p$W2 + p$b2)
}
loss <- function(p, X, y) mean((forward(p, X)$out - y)^2)
loss_grad <- function(p, X, y) {
  n <- nrow(X)
  f <- forward(p, X)
  d <- 2 * (f$out - y) / n
  dW2 <- t(f$a1) %*% d
  db2 <- sum(d)
  da <- d %*% t(p$W2)
  dz <- da * (1 - f$a1^2)
  list(W1 = t(X) %*% dz, b1 = colSums(dz), W2 = dW2, b2 = db2)
}
p <- params
for (i in 1:5) { g <- loss_grad(p, X, y); for (k in names(p)) p[[k]] <- p[[k]] - 0.1 * g[[k]] }
