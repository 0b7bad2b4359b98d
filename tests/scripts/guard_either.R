# Two conditions joined by |, T for TRUE, data inside of the function. [also -1, 1]
nll = function(params) {
  m = params[1]; k = params[2]
  if (k <= 0 | m < 0) { return(1e6) }
  y = c(1, 2, 5)
  -sum(dnorm(y, m, k, log = T))
}
optim(c(1, 1), nll)$par
