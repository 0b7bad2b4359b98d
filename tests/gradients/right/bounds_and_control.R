flb <- function(x) {
  p <- length(x)
  sum(c(1, rep(4, p - 1)) * (x - c(1, x[-p])^2)^2)
}
flb_grad <- function(x) {
  p <- length(x)
  w <- c(1, rep(4, p - 1))
  prev <- c(1, x[-p])
  r <- x - prev^2
  g <- 2 * w * r
  g[-p] <- g[-p] - 4 * w[-1] * r[-1] * x[-p]
  g
}
optim(rep(3, 5), flb, flb_grad, method = "L-BFGS-B", lower = rep(2, 5), upper = rep(4, 5))
