# A branch on the parameter itself: the logarithm is the limit at 0.
y <- c(1.2, 2.5, 3.1, 0.8)
f <- function(lam) {
  z <- if (abs(lam) < 1e-6) log(y) else (y^lam - 1) / lam
  n <- length(y)
  n / 2 * log(sum((z - mean(z))^2) / n) - (lam - 1) * sum(log(y))
}
optim(0.5, f, method = "BFGS")
