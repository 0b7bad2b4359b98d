# assign makes a variable of each parameter.
p0 <- setNames(c(0, 1), c("int", "slope"))
x <- c(1, 2); y <- c(2, 3)
f <- function(p) {
  for (n in names(p)) assign(n, p[[n]])
  sum((y - int - slope * x)^2)
}
optim(p0, f)
