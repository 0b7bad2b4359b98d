# A factory of likelihoods, some of whose parameters may be fixed; here none is.
make_nll <- function(data, fixed = c(FALSE, FALSE)) {
  params <- fixed
  function(p) {
    params[!fixed] <- p
    m <- params[1]
    s <- params[2]
    0.5 * length(data) * log(2 * pi * s^2) + 0.5 * sum((data - m)^2) / s^2
  }
}
vals <- c(1.3, 0.4, 2.9, -0.5, 1.1)
nll <- make_nll(vals)
optim(c(mu = 0, sigma = 1), nll)$par
