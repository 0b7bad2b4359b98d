set.seed(1)
x <- runif(20)
y <- 2 * exp(-3 * x) + rnorm(20, sd = 0.05)
f <- function(p) {
  m <- p[1] * exp(-p[2] * x)
  r <- y - m
  res <- sum(r^2)
  attr(res, "gradient") <- c(-2 * sum(r * exp(-p[2] * x)),
                             2 * sum(r * p[1] * x * exp(-p[2] * x)))
  res
}
out <- nlm(f, c(1, 1))
print(out$estimate)
