# cause: transposed|wrong-step; lines: 9-12
set.seed(5)
A <- matrix(rnorm(9), 3, 3)
b <- rnorm(3)
fn <- function(w) {
  W <- matrix(w, 3, 3)
  sum((W %*% b - A %*% b)^2)
}
gr <- function(w) {
  W <- matrix(w, 3, 3)
  as.vector(t(2 * (W %*% b - A %*% b) %*% t(b)))
}
optim(rep(0.1, 9), fn, gr, method = "BFGS", control = list(maxit = 3))
