count <- 0
target <- c(1, 2, 3)
fn <- function(x) {
  count <<- count + 1
  sum((x - target)^4) + prod(x)
}
gr <- function(x) {
  g <- 4 * (x - target)^3
  for (i in seq_along(x)) g[i] <- g[i] + prod(x[-i])
  g
}
r <- optim(c(0.5, 0.5, 0.5), fn, gr, method = "BFGS")
message("calls: ", count)
