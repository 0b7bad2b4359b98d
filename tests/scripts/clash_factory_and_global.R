# y of the factory and y of the script.
y <- c(1, 2); mk <- function(y) function(p) sum((y - p)^2)
f1 <- mk(c(10, 20))
optim(0, function(p) f1(p) + sum((y - p)^2), method = "BFGS")
