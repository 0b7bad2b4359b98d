set.seed(2)
x <- seq(0, 1, length.out = 15)
y <- rpois(15, exp(0.3 + 1.1 * x))
negll <- function(theta, x, y) {
  total <- 0
  for (i in 1:length(y)) {
    eta <- theta[1] + theta[2] * x[i]
    total <- total - y[i] * eta + exp(eta)
  }
  return(total)
}
negll.gr <- function(theta, x, y) {
  g <- numeric(2)
  for (i in seq_along(y)) {
    mu <- exp(theta[1] + theta[2] * x[i])
    g[1] <- g[1] + (mu - y[i])
    g[2] <- g[2] + (mu - y[i]) * x[i]
  }
  return(g)
}
res <- optim(par = c(0, 0), fn = negll, gr = negll.gr, x = x, y = y, method = "CG")
