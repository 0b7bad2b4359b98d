fit_logit <- function(formula_x, response) {
  nll <- function(b) {
    eta <- b[1] + b[2] * formula_x
    sum(log1p(exp(eta)) - response * eta)
  }
  grad <- function(b) {
    p <- 1 / (1 + exp(-(b[1] + b[2] * formula_x)))
    c(sum(p - response), sum((p - response) * formula_x))
  }
  stats::optim(c(0, 0), nll, grad, method = "BFGS")
}
set.seed(13)
u <- rnorm(20)
ans <- fit_logit(u, rbinom(20, 1, plogis(u)))
