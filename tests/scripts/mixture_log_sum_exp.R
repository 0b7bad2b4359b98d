# A mixture of two normals, added up in logarithms.
y <- c(-1.1, 0.3, 2.7, 3.3)
f <- function(p) {
  lw <- plogis(p[1], log.p = TRUE); lw2 <- plogis(-p[1], log.p = TRUE)
  a <- lw + dnorm(y, p[2], 1, log = TRUE)
  b <- lw2 + dnorm(y, p[3], 1, log = TRUE)
  m <- pmax(a, b)
  -sum(m + log(exp(a - m) + exp(b - m)))
}
optim(c(0, -1, 3), f)
