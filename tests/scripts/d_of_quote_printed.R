# D as a script's last word; it says no values. [at beta0 = 0.2, beta1 = -0.7, x = 1.5]
f <- quote(log(1 + exp(beta0 + beta1 * x)))
D(f, "beta1")
