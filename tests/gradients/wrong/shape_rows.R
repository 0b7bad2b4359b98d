# cause: shape; lines: 6-9
set.seed(7)
X <- matrix(rnorm(24), 8, 3)
y <- rnorm(8)
fn <- function(w) sum((X %*% w - y)^2)
gr <- function(w) {
  e <- as.vector(X %*% w - y)
  2 * e * X
}
optim(c(0, 0, 0), fn, gr, method = "Nelder-Mead")
