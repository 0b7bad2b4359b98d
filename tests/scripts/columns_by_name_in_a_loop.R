# Names of columns are names of parameters.
d <- data.frame(a = c(1, 2), b = c(3, 4), y = c(2, 5))
f <- function(p) {
  r <- d$y
  for (nm in c("a", "b")) r <- r - p[nm] * d[[nm]]
  sum(r^2)
}
optim(c(a = 0, b = 0.5), f)
