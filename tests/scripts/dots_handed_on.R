# The dots go on to the function that does the work.
obj <- function(p, ...) inner(p, ...)
inner <- function(p, x, y) sum((y - p[1] * x)^2) + p[2]^2
optim(c(1, 1), obj, x = c(1, 2), y = c(3, 5))
