# The gradient as an attribute, as nlm() takes it.
t <- c(0, 0.5, 1, 1.5, 2, 3)
y <- c(2.1, 1.4, 1.0, 0.7, 0.4, 0.25)
f <- function(p) {
  e <- exp(-p[2] * t)
  r <- p[1] * e - y
  value <- sum(r^2)
  attr(value, "gradient") <- c(2 * sum(r * e), -2 * sum(r * p[1] * t * e))
  value
}
nlm(f, c(1.8, 0.9))
