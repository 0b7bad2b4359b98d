# The last parameter by length, the others by head.
x <- c(1, 2, 3, 4); y <- c(2.2, 3.9, 6.1, 8.2)
f <- function(par) {
  k <- length(par)
  s <- exp(par[k]); b <- head(par, k - 1)
  length(y) * log(s) + sum((y - b[1] - b[2] * x)^2) / (2 * s^2)
}
nlminb(c(0, 1, 0), f)
