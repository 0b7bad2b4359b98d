# A guard returns NA; the likelihood fills a vector in a loop. [also 1, -1]
d <- c(0.8, 1.9, 2.2, 0.4)
nll <- function(par) {
  mu <- par[1]; s <- par[2]
  if (s < 0) {
    return(NA)
  }
  ll <- numeric(length(d))
  for (i in seq_along(d)) {
    ll[i] <- log(1 / (s * sqrt(2 * pi))) - (d[i] - mu)^2 / (2 * s^2)
  }
  -sum(ll)
}
optim(par = c(1, 1), fn = nll, method = "Nelder-Mead")
