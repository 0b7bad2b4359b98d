set.seed(14)
X <- matrix(rnorm(24), 8, 3)
y <- rnorm(8)
sse <- function(b) sum(sapply(1:nrow(X), function(i) (y[i] - sum(X[i, ] * b))^2))
sse_grad <- function(b) {
  per_row <- sapply(1:nrow(X), function(i) -2 * (y[i] - sum(X[i, ] * b)) * X[i, ])
  rowSums(per_row)
}
optim(c(0, 0, 0), sse, sse_grad, method = "BFGS")
