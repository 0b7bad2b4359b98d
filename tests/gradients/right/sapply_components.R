set.seed(5)
X <- cbind(1, matrix(rnorm(40), 20, 2))
y <- rbinom(20, 1, 0.4)
loss <- function(w) {
  p <- plogis(X %*% w)
  -mean(y * log(p) + (1 - y) * log(1 - p))
}
loss_gradient <- function(w) {
  p <- plogis(X %*% w)
  sapply(1:3, function(j) mean((p - y) * X[, j]))
}
fit <- optim(c(0, 0, 0), loss, loss_gradient, method = "BFGS")
