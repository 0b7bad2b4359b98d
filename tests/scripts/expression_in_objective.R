# The objective evaluates a parsed expression among parameters and data.
expr <- parse(text = "a * x + b")
x <- c(1, 2); y <- c(2, 3.5)
f <- function(p) {
  pr <- eval(expr, c(as.list(p), list(x = x)))
  sum((y - pr)^2)
}
optim(c(a = 1, b = 0), f)
