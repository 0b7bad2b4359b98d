# Two normal components with known spread.
y <- c(-1.1, -0.7, 0.2, 1.9, 2.4, 2.8)
nll <- function(p) {
  w <- 1 / (1 + exp(-p[1]))
  f <- w * dnorm(y, p[2], 1) + (1 - w) * dnorm(y, p[3], 1)
  -sum(log(f))
}
nll_grad <- function(p) {
  w <- 1 / (1 + exp(-p[1]))
  d1 <- dnorm(y, p[2], 1)
  d2 <- dnorm(y, p[3], 1)
  f <- w * d1 + (1 - w) * d2
  gw <- -sum((d1 - d2) / f) * w * (1 - w)
  g1 <- -sum(w * d1 * (y - p[2]) / f)
  g2 <- -sum((1 - w) * d2 * (y - p[3]) / f)
  c(gw, g1, g2)
}
optim(c(0.1, -1, 2), nll, nll_grad, method = "BFGS")
