# Least absolute deviations: a kink wherever a residual is 0, as at the start.
x <- c(1, 2, 3, 4)
y <- c(1.5, 2, 4.5, 3)
lad <- function(b) sum(abs(y - b[1] - b[2] * x))
lad_grad <- function(b) {
  s <- sign(y - b[1] - b[2] * x)
  c(-sum(s), -sum(s * x))
}
optim(c(0, 1), lad, lad_grad, method = "BFGS")
