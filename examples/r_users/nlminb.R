# A model from gradc in nlminb(), with bounds: logistic growth.
#   gradc compile examples/growth_curve.txt --target r --hessian
source("gradc-out/growth_curve.R")
d <- read.csv("examples/growth_curve.csv")
m <- growth_curve_model(d$t, d$weight)

# The model declares PARAMETER(scal, 3, lower = 0.01); the factory hands the bounds on.
fit <- nlminb(m$par, m$fn, m$gr, m$he, lower = m$lower, upper = m$upper)
fit$par

# ADREPORT(cv) in the model:
m$report(fit$par)$cv
