# deriv3 with the names of its arguments, called among the columns of a data frame.
dd <- data.frame(x = c(1, 2, 3))
f3 <- deriv3(~ A * exp(-x / tau), c("A", "tau"), c("A", "tau", "x"))
with(dd, f3(10, 2.5, x))
