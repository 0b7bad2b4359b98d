# G201: a vector of length 6 does not combine with a vector of length 2
y <- c(1, 2, 3, 4, 5, 6)
f <- function(p) sum((y - c(p[1], p[2]) * c(1, -1))^2)
optim(c(1, 2), f)
