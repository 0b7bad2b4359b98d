# The Kalman filter of a local level.
y <- c(1.1, 0.9, 1.4, 1.8, 1.5)
kf <- function(th) {
  q <- exp(th[1]); r <- exp(th[2])
  a <- y[1]; P <- 1; ll <- 0
  for (i in seq_along(y)) {
    v <- y[i] - a; F <- P + r
    ll <- ll - 0.5 * (log(2 * pi * F) + v^2 / F)
    K <- P / F; a <- a + K * v; P <- P * (1 - K) + q
  }
  -ll
}
optim(c(-1, -1), kf)
