# The function names its parameters itself.
obj <- function(theta) {
  names(theta) <- c("alpha", "beta")
  alpha <- theta["alpha"]
  beta <- theta["beta"]
  unname((alpha - 2)^2 + (alpha * beta - 1)^2)
}
optim(c(1, 1), obj)
