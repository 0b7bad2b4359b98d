# A loop over data sets with the same names in them.
sets <- list(list(x = c(1, 2), y = c(2, 3)), list(x = c(0, 1), y = c(1, 4)))
f <- function(p) {
  s <- 0
  for (d in sets) s <- s + sum((d$y - p[1] - p[2] * d$x)^2)
  s
}
optim(c(0, 1), f)
