# Seconds and size of what deriv makes of a formula: Rscript deriv_prepare.R FORMULA NAMES
# FORMULA holds R code whose value is the formula as a call, NAMES one parameter a line.
arguments <- commandArgs(trailingOnly = TRUE)
options(expressions = 500000L, keep.source = FALSE)
parameters <- readLines(arguments[2])
invisible(deriv(quote(x^2), "x", function.arg = TRUE))
start <- proc.time()
formula <- eval(parse(arguments[1]))
made <- deriv(formula, parameters, function.arg = TRUE)
spent <- proc.time() - start
cat(sum(spent[c("user.self", "sys.self")]), sum(nchar(deparse(made)) + 1), "\n")
