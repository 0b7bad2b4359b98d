# G101: 'cars' has no value in the script
nll <- function(p) {
  mu <- p[1] + p[2] * cars$speed
  -sum(dnorm(cars$dist, mu, exp(p[3]), log = TRUE))
}
fit <- optim(c(0, 3, 3), nll, method = "BFGS")
