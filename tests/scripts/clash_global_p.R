# p is data here, the parameters are called par.
p <- 0.5
f <- function(par) { p2 <- plogis(par[1]); (p2 - p)^2 }
optim(0.1, f, method = "BFGS")
