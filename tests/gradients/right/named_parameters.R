set.seed(4)
dat <- data.frame(x = runif(18), y = rnorm(18, 3))
nll <- function(p) {
  mu <- p["alpha"] + p["beta"] * dat$x
  s <- exp(p["logsigma"])
  -sum(dnorm(dat$y, mu, s, log = TRUE))
}
score <- function(p) {
  mu <- p["alpha"] + p["beta"] * dat$x
  s <- exp(p["logsigma"])
  z <- (dat$y - mu) / s
  c(alpha = -sum(z) / s, beta = -sum(z * dat$x) / s, logsigma = sum(1 - z^2))
}
fit <- optim(c(alpha = 1, beta = 0.5, logsigma = 0.2), nll, score, method = "BFGS")
