# Two loops over a matrix of wins.
wins <- matrix(c(0, 3, 2, 1, 0, 4, 2, 1, 0), 3, 3, byrow = TRUE)
bt <- function(a) {
  a <- c(0, a); s <- 0
  for (i in 1:3) for (j in 1:3) if (i != j) s <- s + wins[i, j] * log(plogis(a[i] - a[j]))
  -s
}
optim(c(0.1, -0.2), bt)
