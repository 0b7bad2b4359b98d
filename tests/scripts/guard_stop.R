# Where the script would stop with an error, the model is NaN. [also 1, -1]
y <- c(1, 2, 3)
f <- function(p) {
  s <- p[2]
  if (s <= 0) stop("bad sigma")
  -sum(dnorm(y, p[1], s, log = TRUE))
}
optim(c(1, 1), f, method = "L-BFGS-B", lower = c(-10, 0.1))
