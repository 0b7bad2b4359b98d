# A location estimate; the loss has kinks in its second derivative only.
y <- c(0.3, 1.8, -0.4, 9.5, 0.9)
huber <- function(m) {
  r <- y - m
  sum(ifelse(abs(r) <= 1, 0.5 * r^2, abs(r) - 0.5))
}
huber_grad <- function(m) {
  r <- y - m
  -sum(ifelse(abs(r) <= 1, r, sign(r)))
}
optim(0.4, huber, huber_grad, method = "BFGS")
