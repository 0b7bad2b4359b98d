# all.vars finds the parameters, do.call gives them their values.
fo <- ~ log(alpha / (beta + gamma))
vars <- all.vars(fo)
est <- c(alpha = 2, beta = 1, gamma = 0.5)
g <- deriv(fo, vars, function.arg = vars)
do.call(g, as.list(est))
