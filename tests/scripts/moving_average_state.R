# A state goes from turn to turn, and the loop runs over the data themselves.
z <- c(0.3, 0.1, -0.4, -0.2, 0.5, 0.9, 0.4)
ma1 <- function(th) {
  e <- 0; ss <- 0
  for (zi in z) {
    e <- zi - th[1] - th[2] * e
    ss <- ss + e^2
  }
  ss
}
optim(c(0, 0.3), ma1)
