# sapply walks through the observations.
d <- c(0.8, 1.9, 2.2, 0.4)
f <- function(p) {
  lik <- sapply(d, function(di) dnorm(di, p[1], exp(p[2]), log = TRUE))
  -sum(lik)
}
nlm(f, p = c(0, 0))$estimate
