# Two formulas in a list, fitted by lapply: the last one is the model.
set <- list(exp = "y ~ a * exp(-b * x)", hyp = "y ~ a / (1 + b * x)")
d <- data.frame(x = c(0, 1, 2, 3, 5), y = c(5.1, 3.2, 2.2, 1.6, 0.8))
fits <- lapply(set, function(s) nls(as.formula(s), d, start = c(a = 5, b = 0.4)))
sapply(fits, AIC)
