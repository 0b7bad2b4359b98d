# A guard against bad values returns a big number. [also 1, -1]
d <- c(0.8, 1.9, 2.2, 0.4)
nll <- function(par) {
  s <- par[2]
  if (s <= 0) return(1e10)
  -sum(dnorm(d, par[1], s, log = TRUE))
}
optim(c(1, 1), nll)
