# missing() and NULL decide what is added.
f <- function(p, pen, w = NULL) {
  y <- c(1, 2)
  if (is.null(w)) w <- rep(1, length(y))
  s <- sum(w * (y - p[1])^2)
  if (!missing(pen)) s <- s + pen * p[1]^2
  s
}
optim(0.3, f, method = "BFGS", pen = 2)
