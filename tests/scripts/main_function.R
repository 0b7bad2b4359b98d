# Everything is done by a function that is called at the end.
f <- function(p) (p[1] - 1)^2 + (p[2] - p[1]^2)^2
main <- function() {
  start <- c(0.5, 0)
  res <- optim(start, f, method = "BFGS")
  print(res$par)
  invisible(res)
}
main()
