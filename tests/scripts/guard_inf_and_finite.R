# The guard of a whole parameter vector, and one of the result.
f <- function(p) {
  if (any(!is.finite(p))) return(Inf)
  val <- sum(p^2) + prod(p)
  if (is.nan(val) || is.infinite(val)) val <- 1e10
  val
}
optim(c(1, 2), f)
