# cause: permuted|wrong-step; lines: 10-13
set.seed(1)
n <- 20
x <- rnorm(n)
y <- 1 + 0.5 * x + rnorm(n)
fn <- function(b) {
  r <- y - b[1] - b[2] * x
  sum(r^2)
}
gr <- function(b) {
  r <- y - b[1] - b[2] * x
  c(-2 * sum(r * x), -2 * sum(r))
}
optim(c(0, 0), fn, gr, method = "BFGS", control = list(maxit = 3))
