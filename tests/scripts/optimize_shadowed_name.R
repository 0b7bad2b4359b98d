# A parameter that is overwritten by its own exponential, in optimize. [at lambda = -0.4]
y <- c(3.1, 2.4, 4.2, 5.0)
fn <- function(lambda) {
  lambda <- exp(lambda)
  sum(lambda * y - log(lambda))
}
optimize(fn, interval = c(-3, 3))
