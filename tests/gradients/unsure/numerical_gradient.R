f <- function(p) exp(p[1]) * sin(p[2])
f_grad <- function(p) {
  h <- 1e-6
  sapply(1:2, function(i) {
    e <- replace(numeric(2), i, h)
    (f(p + e) - f(p - e)) / (2 * h)
  })
}
optim(c(0.1, 0.2), f, f_grad, method = "Nelder-Mead")
