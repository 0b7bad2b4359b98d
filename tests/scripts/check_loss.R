# A quantile's loss: a condition as a number.
yy <- c(0.9, 2.1, 2.8, 4.4, 5.1)
xx <- 1:5
tau <- 0.25
chk <- function(b) {
  u <- yy - b[1] - b[2] * xx
  sum(u * (tau - (u < 0)))
}
optim(c(0, 1), chk)
