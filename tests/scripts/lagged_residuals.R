# Residuals against those before them: two ways to leave one out.
y <- c(1, 2, 3, 4)
f <- function(p) {
  r <- y - p[1]; n <- length(r)
  sum((r[2:n] - p[2] * r[1:(n - 1)])^2) + 0.1 * sum((r[-1] + r[-n])^2)
}
optim(c(1, 0.5), f)
