X <- cbind(c(5, 4, 6, 7, 8, 2) / 8, 1)
y <- c(0, 1, 1, 1, 0, 1)
getCost <- function(X, y, theta, lambda = 0.3) {
  h <- 1 / (1 + exp(-(X %*% theta)))
  reg <- lambda / 2 * sum(theta[-1]^2)
  sum(-y * log(h) - (1 - y) * log(1 - h)) + reg
}
getGradient <- function(X, y, theta, lambda = 0.3) {
  h <- 1 / (1 + exp(-(X %*% theta)))
  reg <- lambda * theta
  reg[1] <- 0
  t(X) %*% (h - y) + reg
}
theta <- c(0, 0)
alpha <- 0.1
costs <- rep(0, 20)
for (iter in 1:20) {
  theta <- theta - alpha * getGradient(X, y, theta)
  costs[iter] <- getCost(X, y, theta)
}
plot(1:20, costs)
