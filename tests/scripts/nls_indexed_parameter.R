# A parameter of nls that is a vector, indexed by a column.
d <- data.frame(y = c(1, 2.2, 2, 4.1, 1.2), x = c(0, 1, 0, 1, 0), g = c(1, 1, 2, 2, 1))
nls(y ~ a[g] + b * x, d, start = list(a = c(1, 2), b = 1))
