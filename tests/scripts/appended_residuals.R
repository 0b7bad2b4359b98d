# A vector grows in a loop.
y <- c(1, 2, 4)
f <- function(p) {
  r <- c()
  for (i in 1:3) r <- c(r, y[i] - p[1] * i - p[2])
  sum(r^2)
}
optim(c(1, 1), f)
