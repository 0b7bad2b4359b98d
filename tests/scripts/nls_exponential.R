# nls with nothing but variables of the script, and a plot of the fit.
x <- c(1, 2, 3, 4, 5, 6, 7)
y <- c(2.9, 3.6, 4.7, 5.9, 7.4, 9.1, 11.6)
fit <- nls(y ~ a * exp(b * x), start = list(a = 2, b = 0.2))
summary(fit)
coef(fit)
plot(x, y); lines(x, predict(fit))
