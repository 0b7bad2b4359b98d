# cause: sum-or-mean; lines: 9-12
set.seed(8)
X <- cbind(1, rnorm(15)); y <- rnorm(15)
loss <- function(theta, X, y) {
  e <- X %*% theta - y
  sum(e^2) / (2 * length(y))
}
# Forgets the 1/n.
loss_grad <- function(theta, X, y) {
  e <- X %*% theta - y
  t(X) %*% e
}
theta <- c(0, 0)
for (step in 1:20) theta <- theta - 0.01 * loss_grad(theta, X, y)
print(theta)
