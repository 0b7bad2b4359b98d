# The beta density by lbeta.
z <- c(0.3, 0.5, 0.7, 0.6)
nllb <- function(p) {
  a <- exp(p[1]); b <- exp(p[2])
  -sum((a - 1) * log(z) + (b - 1) * log(1 - z) - lbeta(a, b))
}
optim(c(0.3, -0.2), nllb)$par
