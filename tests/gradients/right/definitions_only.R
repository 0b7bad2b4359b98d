# A file to be sourced by another one: nothing runs here.
f <- function(par) (par[1] - 3)^2 + exp(par[2]) * par[1]^2
grad_f <- function(par) c(2 * (par[1] - 3) + 2 * exp(par[2]) * par[1], exp(par[2]) * par[1]^2)
