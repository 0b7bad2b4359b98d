f <- function(x) (1 - cos(x)) / x^2
f_grad <- function(x) sin(x) / x^2 - 2 * (1 - cos(x)) / x^3
optim(1e-4, f, f_grad, method = "BFGS", control = list(maxit = 2))
