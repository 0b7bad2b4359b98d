# optimr of the loaded package; p unpacked by name.
library(optimx)
x <- c(1, 2, 3, 4); y <- c(2.9, 4.6, 7.1, 11.8)
sse <- function(p, x, y) with(as.list(p), sum((y - a * exp(b * x))^2))
ans <- optimr(c(a = 1.5, b = 0.4), sse, x = x, y = y, method = "BFGS")
ans$par
