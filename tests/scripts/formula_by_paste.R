# Michaelis and Menten, the names of the parameters pasted into a formula.
pars <- c("Vm", "K")
fm <- as.formula(paste("~", paste0(pars[1], "*conc/(", pars[2], "+conc)")))
g <- deriv(fm, pars, hessian = TRUE)
Vm <- 200; K <- 0.05; conc <- 0.3
eval(g)
