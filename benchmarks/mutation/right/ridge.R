# Ridge regression; the penalty is outside of the mean.
set.seed(5)
X <- matrix(rnorm(30), 10, 3)
y <- rnorm(10)
lambda <- 0.3
ridge <- function(b) mean((y - X %*% b)^2) + lambda * sum(b^2)
ridge_grad <- function(b) {
  r <- y - X %*% b
  as.vector(-2 * t(X) %*% r / length(y) + 2 * lambda * b)
}
optim(c(0.1, 0.2, -0.3), ridge, ridge_grad, method = "BFGS")
