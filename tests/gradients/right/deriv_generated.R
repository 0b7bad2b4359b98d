x <- c(1, 2, 3, 5, 7, 10)
y <- c(109, 149, 149, 191, 213, 224)
model <- deriv(~ b1 * (1 - exp(-b2 * x)), c("b1", "b2"), function(b1, b2, x) NULL)
rss <- function(par) {
  sum((y - as.vector(model(par[1], par[2], x)))^2)
}
rss_grad <- function(par) {
  v <- model(par[1], par[2], x)
  as.vector(-2 * t(attr(v, "gradient")) %*% (y - as.vector(v)))
}
fit <- optim(c(100, 0.75), rss, rss_grad, method = "BFGS")
