# cause: log-base; lines: 5-8
set.seed(4)
y <- rbinom(12, 1, 0.5); x <- rnorm(12)
fn <- function(b) { p <- plogis(b[1] + b[2] * x); -sum(y * log2(p) + (1 - y) * log2(1 - p)) }
gr <- function(b) {
  p <- plogis(b[1] + b[2] * x)
  c(sum(p - y), sum((p - y) * x))
}
optim(c(0, 0), fn, gr, method = "BFGS")
