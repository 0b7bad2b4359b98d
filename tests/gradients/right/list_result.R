set.seed(10)
x <- rnorm(12)
y <- rnorm(12)
fn <- function(p) sum((y - p[1] - p[2] * x - p[3] * x^2)^2)
gr <- function(p) {
  e <- y - p[1] - p[2] * x - p[3] * x^2
  unlist(list(a = -2 * sum(e), b = -2 * sum(e * x), c = -2 * sum(e * x^2)))
}
optim(c(1, 0, 0), fn, gr, method = "BFGS")
