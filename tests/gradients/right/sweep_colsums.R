set.seed(8)
X <- matrix(rnorm(50), 25, 2)
y <- rnorm(25)
objective <- function(b) {
  r <- as.vector(y - X %*% b)
  mean(r^2)
}
gradient <- function(b) {
  r <- as.vector(y - X %*% b)
  -2 * colMeans(sweep(X, 1, r, "*"))
}
optim(c(1, 1), objective, gradient, method = "BFGS")$par
