# Parameters go on in a list.
obj <- function(theta) {
  a <- theta[["a"]]
  b <- theta$b
  (a - 1)^2 + exp(b) - b
}
obj2 <- function(v) obj(list(a = v[1], b = v[2]))
optim(c(0, 0.5), obj2)
