# Straight line by least squares.
x <- c(0.2, 0.9, 1.7, 2.1, 3.3, 4.0)
y <- c(1.1, 1.9, 3.2, 3.1, 5.2, 5.8)
sse <- function(par) {
  resid <- y - (par[1] + par[2] * x)
  sum(resid^2)
}
sse_grad <- function(par) {
  resid <- y - (par[1] + par[2] * x)
  c(-2 * sum(resid), -2 * sum(resid * x))
}
optim(c(0.5, 0.8), sse, sse_grad, method = "BFGS")
