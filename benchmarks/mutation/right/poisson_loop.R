# Poisson regression, row by row.
x <- c(0.1, 0.4, 0.8, 1.1, 1.5)
counts <- c(1, 2, 2, 4, 6)
negll <- function(theta) {
  total <- 0
  for (i in 1:length(counts)) {
    eta <- theta[1] + theta[2] * x[i]
    total <- total + exp(eta) - counts[i] * eta
  }
  return(total)
}
negll.gr <- function(theta) {
  g <- c(0, 0)
  for (i in 1:length(counts)) {
    mu <- exp(theta[1] + theta[2] * x[i])
    g[1] <- g[1] + mu - counts[i]
    g[2] <- g[2] + (mu - counts[i]) * x[i]
  }
  return(g)
}
optim(c(0.2, 0.9), negll, negll.gr, method = "CG")
