# G104: algorithm = "plinear" of nls is not available
d <- data.frame(y = c(1, 2.2, 3.9, 7), x = c(0, 1, 2, 3))
nls(y ~ exp(b * x), d, start = list(b = 0.5), algorithm = "plinear")
