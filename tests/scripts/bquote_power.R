# bquote puts a number into an expression. [at a = 1.5, b = 0.2, x = 0.8]
n <- 3
e <- bquote(a * x^.(n) + b)
deriv(e, c("a", "b"))
