# What is missing is skipped in a loop over rows.
d <- data.frame(y = c(1, NA, 3), x = c(0, 1, 2))
nll <- function(p) {
  tot <- 0
  for (i in 1:nrow(d)) {
    if (is.na(d$y[i])) next
    tot <- tot + (d$y[i] - p[1] - p[2] * d$x[i])^2
  }
  tot
}
optim(c(0, 1), nll)
