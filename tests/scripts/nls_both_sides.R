# The left side of the formula is a logarithm.
dat <- data.frame(x = c(1, 2, 3), y = c(1.1, 2.9, 5.2))
nls(log(y) ~ log(a) + k * log(x), data = dat, start = list(a = 1, k = 1))
