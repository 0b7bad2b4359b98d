set.seed(24)
Y <- matrix(rnorm(20), 10, 2)
S <- matrix(c(2, 0.5, 0.5, 1), 2, 2)
nll <- function(mu) {
  Si <- solve(S)
  total <- 0
  for (i in 1:nrow(Y)) {
    d <- Y[i, ] - mu
    total <- total + 0.5 * drop(t(d) %*% Si %*% d)
  }
  total + nrow(Y) / 2 * log(det(S))
}
nll_gr <- function(mu) {
  Si <- solve(S)
  -as.vector(Si %*% colSums(sweep(Y, 2, mu)))
}
optim(c(0, 0), nll, nll_gr, method = "BFGS")
