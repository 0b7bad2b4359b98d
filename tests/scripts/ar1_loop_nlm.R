# A likelihood that a loop adds up, with a correlation kept inside of (-1, 1) by tanh.
z <- c(0.3, 0.1, -0.4, -0.2, 0.5, 0.9, 0.4)
ar1 <- function(theta) {
  phi <- tanh(theta[1])
  sigma <- exp(theta[2])
  ll <- dnorm(z[1], 0, sigma / sqrt(1 - phi^2), log = TRUE)
  for (t in 2:length(z)) {
    ll <- ll + dnorm(z[t], phi * z[t - 1], sigma, log = TRUE)
  }
  return(-ll)
}
nlm(ar1, c(0.2, -0.5), hessian = TRUE)
