# A template function says the order of the arguments of what deriv makes.
expr <- expression(a * exp(-b * t) + c0)
dfun <- deriv(expr, c("a", "b", "c0"), function(a, b, c0, t) NULL)
tt <- seq(0, 5, by = 1)
dfun(2, 0.5, 0.1, tt)
