# mapply takes one of each of two vectors.
y <- c(1, 2, 3); n <- c(3, 5, 2)
f <- function(p) {
  -sum(mapply(function(yy, nn) nn * dnorm(yy, p[1], exp(p[2]), log = TRUE), y, n))
}
optim(c(1, 1), f)
