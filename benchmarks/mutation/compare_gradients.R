# Whether two files have different gradients: Rscript compare_gradients.R ORIGINAL CHANGED NAME
# Prints "different", "equal" or "unknown". The optimiser's call says how the gradient is called.
arguments <- commandArgs(trailingOnly = TRUE)
loaded <- function(path) {
  program <- new.env(parent = globalenv())
  program$.call <- NULL
  keep <- function(par, fn, gr = NULL, ..., method, lower, upper, control, hessian) {
    program$.call <- list(par = par, rest = list(...))
    list(par = par, value = 0, convergence = 0L)
  }
  program$optim <- keep
  program$nlm <- function(f, p, ...) keep(p, f)
  program$nlminb <- function(start, objective, gradient, ...) keep(start, objective)
  try(source(path, local = program, echo = FALSE), silent = TRUE)
  program
}
invisible(capture.output({
  original <- loaded(arguments[1])
  changed <- loaded(arguments[2])
}))
set.seed(1)
moved <- function(par) {
  at <- par * runif(length(par), 0.5, 1.5) + runif(length(par), -0.1, 0.1)
  attributes(at) <- attributes(par)
  at
}
asked <- function(program, at, rest) {
  value <- suppressWarnings(try(do.call(program[[arguments[3]]], c(list(at), rest)), silent = TRUE))
  if (inherits(value, "try-error")) return(NULL)
  if (!is.null(attr(value, "gradient"))) value <- attr(value, "gradient")
  suppressWarnings(as.numeric(unlist(value)))
}
call <- original$.call
starts <- if (is.null(call)) lapply(1:6, function(n) seq(0.3, 0.9, length.out = n)) else list(call$par)
said <- "unknown"
for (start in starts) {
  for (k in 1:200) {
    at <- moved(start)
    one <- asked(original, at, call$rest)
    if (is.null(one) || !all(is.finite(one))) next
    other <- asked(changed, at, call$rest)
    if (said == "unknown") said <- "equal"
    same <- length(one) == length(other) && all(is.finite(other)) &&
      all(abs(one - other) <= 1e-10 * pmax(abs(one), abs(other)) + 1e-300)
    if (!same) said <- "different"
  }
}
cat(said)
