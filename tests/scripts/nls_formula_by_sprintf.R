# sprintf writes the formula of nls; the data frame and the start name what is in it.
growth <- sprintf("%s ~ %s * (1 - exp(-%s * %s))", "y", "Linf", "kappa", "age")
dd <- data.frame(age = c(1, 2, 3, 5, 8), y = c(10, 17, 22, 28, 32))
fit <- nls(formula(growth), data = dd, start = c(Linf = 35, kappa = 0.3))
print(fit)
