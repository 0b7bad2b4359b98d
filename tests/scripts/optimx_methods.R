# optimx by its package, only if that is there, with two methods.
if (requireNamespace("optimx", quietly = TRUE)) {
  f <- function(p) (p[1] - 1)^2 + (p[2] - p[1]^2)^2
  optimx::optimx(c(0, 0.5), f, method = c("BFGS", "Nelder-Mead"))
}
