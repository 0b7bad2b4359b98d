# Horner's scheme: a loop over reversed parameters.
horner <- function(co, x) { acc <- 0; for (b in rev(co)) acc <- acc * x + b; acc }
xx <- c(-1, 0, 1, 2); yy <- c(1, 0.5, 2, 6)
optim(c(0, 0, 0), function(co) sum((horner(co, xx) - yy)^2), method = "BFGS")$par
