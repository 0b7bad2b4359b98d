# Weibull lifetimes, shape and scale by their logarithms.
times <- c(0.7, 1.9, 2.4, 3.3, 0.4, 1.2)
objective <- function(theta) {
  k <- exp(theta[1])
  lam <- exp(theta[2])
  z <- times / lam
  -sum(log(k) - log(lam) + (k - 1) * log(z) - z^k)
}
gradient <- function(theta) {
  k <- exp(theta[1])
  lam <- exp(theta[2])
  z <- times / lam
  dk <- -sum(1 / k + log(z) - z^k * log(z))
  dlam <- -sum(-k / lam + k * z^k / lam)
  c(dk * k, dlam * lam)
}
optim(c(0.2, 0.5), objective, gradient, method = "BFGS")
