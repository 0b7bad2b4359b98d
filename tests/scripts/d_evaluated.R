# D of a quoted expression, evaluated at the script's own variables.
f <- quote(log(1 + exp(beta0 + beta1 * x)))
beta0 <- 0.2; beta1 <- -0.7; x <- 1.5
eval(D(f, "beta1"))
