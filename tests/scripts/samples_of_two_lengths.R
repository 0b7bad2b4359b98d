# Two samples of different length with one spread.
g1 <- c(5.1, 4.8, 6.0); g2 <- c(6.2, 7.1, 6.6, 7.0)
f <- function(p) {
  -sum(dnorm(g1, p[1], exp(p[3]), log = TRUE)) - sum(dnorm(g2, p[2], exp(p[3]), log = TRUE))
}
optim(c(5, 6, 0), f)
