# I() around a term, the port algorithm with bounds.
d <- data.frame(y = c(1, 2.2, 3.9, 7), x = c(0, 1, 2, 3))
nls(y ~ a + I(b * x)^2, d, start = list(a = 1, b = 1), algorithm = "port",
    lower = c(0, 0), upper = c(10, 2))
