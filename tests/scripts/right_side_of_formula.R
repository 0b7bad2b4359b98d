# The right side of a two-sided formula, with data longer than one.
fo <- y ~ A * exp(-k * t)
rhs <- fo[[3]]
g <- deriv(rhs, c("A", "k"))
A <- 3; k <- 0.5; t <- c(0, 1, 2)
eval(g)
