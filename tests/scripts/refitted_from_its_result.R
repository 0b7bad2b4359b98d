# The second fit starts where the first one ended; the model keeps the start of the first. [call 1]
x <- c(1, 2, 4); y <- c(2, 5, 7)
f <- function(p) sum((y - p[1] - p[2] * x)^2)
fit <- optim(c(0, 1), f)
fit2 <- optim(fit$par, f, method = "BFGS")
