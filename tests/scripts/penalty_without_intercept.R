# Ridge regression: the first coefficient is not penalised.
x1 <- c(0.3, -1.2, 0.8, 1.5, -0.4)
x2 <- c(1.1, 0.2, -0.7, 0.5, -1.3)
y <- c(1.9, -0.9, 0.6, 2.8, -1.4)
lambda <- 0.1
pen <- function(b) {
  r <- y - (b[1] + b[2] * x1 + b[3] * x2)
  mean(r^2) + lambda * sum(b[-1]^2)
}
fit <- optim(rep(0.1, 3), pen, method = "CG")
invisible(lapply(seq_along(fit$par), function(i) message("b", i - 1, " = ", fit$par[i])))
