# A function calls itself to nest logarithms.
nest <- function(n) if (n == 0) "x" else paste0("log(1 + w", n, "^2 + ", nest(n - 1), ")")
ex <- nest(3)
x <- 1; w1 <- 0.5; w2 <- 0.2; w3 <- 0.1
eval(deriv(parse(text = ex)[[1]], paste0("w", 1:3)))
