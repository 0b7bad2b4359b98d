# Probit regression.
x <- c(-1.2, -0.4, 0.1, 0.6, 1.3, 2.0)
y <- c(0, 0, 1, 0, 1, 1)
nll <- function(b) {
  p <- pnorm(b[1] + b[2] * x)
  -sum(y * log(p) + (1 - y) * log(1 - p))
}
nll_gr <- function(b) {
  eta <- b[1] + b[2] * x
  p <- pnorm(eta)
  w <- dnorm(eta) * (y / p - (1 - y) / (1 - p))
  -c(sum(w), sum(w * x))
}
optim(c(0, 0.5), nll, nll_gr, method = "BFGS")
