# Parameters by name, data through the dots, a maximum, standard errors and a plot after it.
x <- c(0.5, 1.1, 1.9, 3.2, 4.4)
y <- c(1.2, 2.3, 3.7, 6.1, 8.8)
loglike <- function(par, x, y) {
  a <- par["a"]
  b <- par["b"]
  s <- exp(par["ls"])
  sum(dnorm(y, a + b * x, s, log = TRUE))
}
start <- c(a = 0, b = 1, ls = 0)
res <- optim(start, loglike, x = x, y = y, method = "BFGS",
             control = list(fnscale = -1, maxit = 500), hessian = TRUE)
se <- sqrt(diag(solve(-res$hessian)))
tab <- data.frame(est = res$par, se = se)
print(round(tab, 3))
plot(x, y)
abline(res$par["a"], res$par["b"], col = "red")
