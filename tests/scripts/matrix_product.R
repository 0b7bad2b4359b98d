A <- matrix(c(1, 2, 3, 4), 2)
f <- function(p) sum(A %*% A) * p^2
optim(1, f)
