# What an R user has already: a likelihood with its gradient, as for optim(). Counts y are Poisson
# with mean size * (1 - exp(-rate * t)); p holds log(size) and log(rate).
negative_loglik <- function(p, t, y) {
  mu <- exp(p[1]) * -expm1(-exp(p[2]) * t)
  -sum(dpois(y, mu, log = TRUE))
}

negative_loglik_gradient <- function(p, t, y) {
  size <- exp(p[1])
  rate <- exp(p[2])
  mu <- size * -expm1(-rate * t)
  slope <- 1 - y / mu
  c(sum(slope * mu), sum(slope * size * rate * t * exp(-rate * t)))
}
