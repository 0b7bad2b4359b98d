# The same factory with its second parameter held at 2: one is left, and optimize. [at p = 0.7]
make_nll <- function(data, fixed = c(FALSE, FALSE)) {
  params <- fixed
  function(p) {
    params[!fixed] <- p
    m <- params[1]
    s <- params[2]
    0.5 * length(data) * log(2 * pi * s^2) + 0.5 * sum((data - m)^2) / s^2
  }
}
vals <- c(1.3, 0.4, 2.9, -0.5, 1.1)
optimize(make_nll(vals, c(FALSE, 2)), c(-1, 3))$minimum
