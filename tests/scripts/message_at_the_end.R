# a text after the fit is no model
y <- c(1, 2, 4)
fit <- optim(c(m = 1), function(p) sum((y - p[["m"]])^2), method = "BFGS")
"done"
