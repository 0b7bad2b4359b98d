# G104: 'weights' of nls changes what is minimised
dat <- data.frame(x = c(0, 1, 2, 3), y = c(1.1, 2.9, 5.2, 7.1), w = c(1, 2, 1, 0.5))
fit <- nls(y ~ b0 + b1 * x, data = dat, start = list(b0 = 1, b1 = 1), weights = w)
