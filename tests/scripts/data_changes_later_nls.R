# the same for nls without data =
x <- c(1, 2, 3, 4)
y <- c(2.1, 3.9, 6.2, 7.7)
fit <- nls(y ~ a + b * x, start = list(a = 0.1, b = 1))
x <- seq(0, 5, length.out = 50)
y <- NULL
summary(fit)
