rm(list = ls())
set.seed(22)
dat <- list(x = runif(15), y = rpois(15, 3), off = rep(1, 15))
negloglik <- function(par, data) {
  with(data, {
    lambda <- off * exp(par[1] + par[2] * x)
    -sum(dpois(y, lambda, log = TRUE))
  })
}
negloglik_gr <- function(par, data) {
  lambda <- data$off * exp(par[1] + par[2] * data$x)
  c(sum(lambda - data$y), sum((lambda - data$y) * data$x))
}
fit <- do.call(optim, list(par = c(0.5, 0), fn = negloglik, gr = negloglik_gr, data = dat, method = "BFGS"))
