# deriv makes the function and its gradient, optim minimises it.
g <- deriv(~ (a - 3)^2 + (b * a - 2)^2, c("a", "b"), function(a, b) {})
fn <- function(p) as.numeric(g(p[1], p[2]))
gr <- function(p) c(attr(g(p[1], p[2]), "gradient"))
optim(c(1, 1), fn, gr, method = "BFGS")
