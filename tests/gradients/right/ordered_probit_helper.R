set.seed(26)
x <- rnorm(20)
yy <- rbinom(20, 1, pnorm(x))
mills <- function(eta) dnorm(eta) / pnorm(eta)
ll <- function(b) {
  eta <- b[1] + b[2] * x
  sum(ifelse(yy == 1, pnorm(eta, log.p = TRUE), pnorm(-eta, log.p = TRUE)))
}
ll_grad <- function(b) {
  eta <- b[1] + b[2] * x
  u <- ifelse(yy == 1, mills(eta), -mills(-eta))
  colSums(u * cbind(1, x))
}
optim(c(0, 0), ll, ll_grad, control = list(fnscale = -1), method = "BFGS")
