set.seed(23)
y <- as.numeric(arima.sim(list(ar = 0.6), 25))
css <- function(p) {
  phi <- p[1]; mu <- p[2]; s <- 0
  for (t in 2:length(y)) {
    e <- (y[t] - mu) - phi * (y[t - 1] - mu)
    s <- s + e^2
  }
  s
}
css_grad <- function(p) {
  phi <- p[1]; mu <- p[2]
  n <- length(y)
  e <- (y[-1] - mu) - phi * (y[-n] - mu)
  c(-2 * sum(e * (y[-n] - mu)), -2 * (1 - phi) * sum(e))
}
optim(c(0.2, 0), css, css_grad, method = "BFGS")
