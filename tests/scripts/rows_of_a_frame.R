# the rows of a data frame, counted in the objective
d <- data.frame(x = c(1, 2, 4), y = c(3, 4, 5))
f <- function(p) {
  s <- 0
  for (i in seq_len(nrow(d))) s <- s + (d$y[i] - p[1] - p[2] * d$x[i])^2
  s
}
optim(c(1, 2), f)
