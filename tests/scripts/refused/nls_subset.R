# G104: 'subset' of nls changes what is minimised
d <- data.frame(y = c(1, 2.2, 3.9, 7), x = c(0, 1, 2, 3))
st <- list(a = 1, b = 0.5)
fit <- nls(y ~ a * exp(b * x), data = d, start = st, subset = x > 0)
