# Probit: ifelse chooses a tail of the normal by the data.
hours <- c(0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3)
pass <- c(0, 0, 0, 0, 1, 0, 1, 1, 1, 1)
nll <- function(beta, x, y) {
  eta <- beta[1] + beta[2] * x
  -sum(ifelse(y == 1, pnorm(eta, log.p = TRUE), pnorm(-eta, log.p = TRUE)))
}
nlm(nll, c(-1, 1), x = hours, y = pass)
