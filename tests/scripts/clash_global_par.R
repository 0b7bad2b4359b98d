# par is data here, and an argument of optim.
par <- c(1, 2)
f <- function(theta) sum((theta - par)^2)
optim(par = c(0, 0), fn = f)
