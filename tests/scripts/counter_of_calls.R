# The function counts its calls in a global variable.
counter <- 0
f <- function(p) {
  counter <<- counter + 1
  (p[1] - 2)^2 + (p[2] + 1)^2
}
optim(c(0, 0), f)
counter
