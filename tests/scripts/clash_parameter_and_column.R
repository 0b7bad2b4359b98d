# The parameter a and the column a are two things.
d <- data.frame(a = c(1, 2), y = c(2, 5))
f <- function(p) sum((d$y - p["a"] * d$a)^2)
optim(c(a = 3), f, method = "BFGS")
