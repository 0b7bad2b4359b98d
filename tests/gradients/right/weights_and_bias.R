set.seed(21)
X <- matrix(rnorm(30), 10, 3)
y <- rbinom(10, 1, 0.5)
sigmoid <- function(z) 1 / (1 + exp(-z))
cost <- function(w, b, X, y) {
  a <- sigmoid(X %*% w + b)
  -mean(y * log(a) + (1 - y) * log(1 - a))
}
cost_grad <- function(w, b, X, y) {
  m <- nrow(X)
  a <- sigmoid(X %*% w + b)
  dz <- a - y
  list(dw = t(X) %*% dz / m, db = sum(dz) / m)
}
w <- c(0.1, -0.1, 0.2)
b <- 0
for (i in 1:30) {
  g <- cost_grad(w, b, X, y)
  w <- w - 0.5 * g$dw
  b <- b - 0.5 * g$db
}
cat(w, b, "\n")
