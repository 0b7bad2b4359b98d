# A gamma distribution, with a guard for what cannot be.
y <- c(1.2, 3.4, 2.2, 0.7, 5.1)
fn <- function(p) {
  if (p[1] <= 0 || p[2] <= 0) return(1e10)
  -sum(dgamma(y, shape = p[1], rate = p[2], log = TRUE))
}
gr <- function(p) {
  a <- p[1]
  b <- p[2]
  n <- length(y)
  c(n * digamma(a) - n * log(b) - sum(log(y)), sum(y) - n * a / b)
}
optim(c(2, 1), fn, gr, method = "L-BFGS-B", lower = 1e-3)
