# cause: missing-factor; lines: 7-7
x <- c(1, 2, 3)
y <- c(2, 4, 7)
f <- function(p) {
  r <- y - p[1] * x^p[2]
  value <- sum(r^2)
  g <- c(-2 * sum(r * x^p[2]), -2 * sum(r * p[1] * x^p[2]))
  attr(value, "gradient") <- g
  value
}
nlm(f, c(1, 1))
