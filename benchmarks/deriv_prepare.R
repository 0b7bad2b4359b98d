# Seconds and size of what deriv makes of a formula: Rscript deriv_prepare.R FORMULA NAMES
# FORMULA holds R code whose value is the formula as a call, NAMES one parameter a line.
arguments <- commandArgs(trailingOnly = TRUE)
options(expressions = 500000L, keep.source = FALSE)
parameters <- readLines(arguments[2])
text <- readLines(arguments[1])
invisible(deriv(quote(x^2), "x", function.arg = TRUE))
calls <- 0
spent <- 0
start <- proc.time()
while (spent < 0.05) {
  made <- deriv(eval(parse(text = text)), parameters, function.arg = TRUE)
  spent <- sum((proc.time() - start)[c("user.self", "sys.self")])
  calls <- calls + 1
}
cat(spent / calls, sum(nchar(deparse(made)) + 1), "\n")
