# Seconds that R takes for a script that pastes a model and ends with deriv of it:
#   Rscript deriv_pasted.R SCRIPT
# Prints CPU seconds and the number of names that deriv was asked for.
arguments <- commandArgs(trailingOnly = TRUE)
options(expressions = 500000L, keep.source = FALSE)
script <- parse(arguments[1])
invisible(deriv(quote(x^2), "x"))
calls <- 0
spent <- 0
start <- proc.time()
while (spent < 0.05) {
  scope <- new.env(parent = globalenv())
  made <- eval(script, scope)
  spent <- sum((proc.time() - start)[c("user.self", "sys.self")])
  calls <- calls + 1
}
stopifnot(is.expression(made))
cat(spent / calls, length(scope$names), "\n")
