# As in many courses: no optimiser, a loop of one's own.
set.seed(11)
X <- cbind(1, rnorm(30))
y <- as.vector(X %*% c(2, -1) + rnorm(30))
theta <- c(0.1, 0.1)
cost <- function(X, y, theta) {
  m <- length(y)
  sum((X %*% theta - y)^2) / (2 * m)
}
cost_gradient <- function(X, y, theta) {
  m <- length(y)
  (1 / m) * (t(X) %*% (X %*% theta - y))
}
alpha <- 0.1
iter <- 0
while (iter < 50) {
  theta <- theta - alpha * cost_gradient(X, y, theta)
  iter <- iter + 1
}
print(theta)
