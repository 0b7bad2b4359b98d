# Names with dots, in backticks, beginning with a dot.
my.data <- c(1, 2); `odd name` <- 2; .tau <- 0.5
neg.log.lik <- function(par.vec) {
  sum((my.data - par.vec[1])^2) * `odd name` + .tau * par.vec[2]^2
}
optim(c(a.b = 0, c_d = 1), neg.log.lik)
