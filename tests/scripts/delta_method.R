# The delta method: a ratio of estimates, and matrices that no model has to do with.
est <- c(b0 = 1.3, b1 = -0.4)
V <- matrix(c(0.04, -0.01, -0.01, 0.02), 2, 2)
form <- ~ -b0 / b1
gr <- deriv(form, names(est))
b0 <- est["b0"]; b1 <- est["b1"]
G <- attr(eval(gr), "gradient")
sqrt(G %*% V %*% t(G))
