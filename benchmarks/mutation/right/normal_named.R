# Parameters by name, the standard deviation by its logarithm.
x <- c(0.1, 0.5, 0.9, 1.4, 2.2)
y <- c(2.9, 3.4, 3.3, 4.4, 5.0)
nll <- function(p) {
  mu <- p["alpha"] + p["beta"] * x
  -sum(dnorm(y, mu, exp(p["logsigma"]), log = TRUE))
}
score <- function(p) {
  mu <- p["alpha"] + p["beta"] * x
  s <- exp(p["logsigma"])
  z <- (y - mu) / s
  c(alpha = -sum(z) / s, beta = -sum(z * x) / s, logsigma = sum(1 - z^2))
}
fit <- optim(c(alpha = 2, beta = 1, logsigma = -0.5), nll, score, method = "BFGS")
