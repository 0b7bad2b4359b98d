# cause: missing-factor; lines: 12-12
set.seed(2)
x <- runif(15)
y <- exp(0.4 * x) + rnorm(15, sd = 0.1)
fn <- function(b) {
  m <- b[1] * exp(b[2] * x)
  sum((y - m)^2)
}
gr <- function(b) {
  m <- b[1] * exp(b[2] * x)
  r <- y - m
  c(-2 * sum(r * exp(b[2] * x)), -2 * sum(r * m))
}
optim(c(1, 0.1), fn, gr, method = "BFGS")
