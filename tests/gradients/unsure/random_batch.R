x <- 1:10
f <- function(p) { i <- sample(10, 3); sum((x[i] - p)^2) }
f_grad <- function(p) { i <- sample(10, 3); -2 * sum(x[i] - p) }
optim(1, f, f_grad, method = "Nelder-Mead")
