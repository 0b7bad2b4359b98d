# b is a global number, but a parameter of nls.
nls_d <- data.frame(a = c(1, 2, 3), y = c(2, 4.1, 6.4))
b <- 7
nls(y ~ k * a + b, data = nls_d, start = list(k = 1, b = 0.1))
