# A likelihood ratio of two fits: the model is the second.
h0 <- function(p) sum((c(1, 2, 3) - p[1])^2)
h1 <- function(p) sum((c(1, 2, 3) - p[1] - p[2] * c(0, 1, 2))^2)
m0 <- optim(1, h0, method = "BFGS")
m1 <- optim(c(1, 0), h1, method = "BFGS")
lr <- m0$value - m1$value
cat("LR", lr, "\n")
