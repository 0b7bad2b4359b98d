# Map makes the squares of two vectors, Reduce adds them.
xs <- c(0.5, 1, 2)
obj <- function(p) Reduce(`+`, Map(function(x, y) (y - p[1] * x^p[2])^2, xs, c(1, 2, 4)))
optim(c(1, 1), obj)$par
