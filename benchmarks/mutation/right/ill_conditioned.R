# Digits cancel: the formula is right, and loses most of them.
f <- function(p) sum((sqrt(p + 1e7) - sqrt(1e7))^2)
f_grad <- function(p) (sqrt(p + 1e7) - sqrt(1e7)) / sqrt(p + 1e7)
optim(c(1, 2), f, f_grad, method = "BFGS")
