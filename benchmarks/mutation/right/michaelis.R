# Enzyme kinetics: the parts of the gradient one after another.
conc <- c(0.1, 0.3, 0.8, 1.5, 3)
rate <- c(0.4, 0.9, 1.5, 1.9, 2.3)
ss <- function(par) sum((rate - par[1] * conc / (par[2] + conc))^2)
ss_gradient <- function(par) {
  vmax <- par[1]
  km <- par[2]
  fitted <- vmax * conc / (km + conc)
  resid <- rate - fitted
  dvmax <- conc / (km + conc)
  dkm <- -vmax * conc / (km + conc)^2
  g <- numeric(2)
  g[1] <- -2 * sum(resid * dvmax)
  g[2] <- -2 * sum(resid * dkm)
  g
}
optim(c(2.5, 0.6), ss, ss_gradient, method = "BFGS")
