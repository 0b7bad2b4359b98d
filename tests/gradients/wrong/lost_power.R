# cause: any; lines: 8-8
# The derivative of exp(2*b) without its inner 2, in one of two parameters.
y <- c(0.5, 1.5, 2.5)
fn <- function(b) sum((y - b[1])^2) / (2 * exp(2 * b[2])) + 3 * b[2]

gr <- function(b) {
  c(-sum(y - b[1]) / exp(2 * b[2]),
    3 - sum((y - b[1])^2) / (2 * exp(2 * b[2])))
}
optim(c(0, 0), fn, gr, method = "BFGS")
