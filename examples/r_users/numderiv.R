# Check a gradient from gradc against numDeriv.
#   gradc compile examples/poisson_glm.txt --target r --hessian
#   gradc compile examples/michaelis_menten.txt --target r
library(numDeriv)
source("gradc-out/poisson_glm.R")
d <- read.csv("examples/poisson_glm.csv")
m <- poisson_glm_model(d$events, d$time, d$dose, d$age)

at <- c(b0 = -0.5, b_dose = 0.8, b_age = 0.3)
cbind(gradc = m$gr(at), numDeriv = grad(m$fn, at))
gradient_error <- max(abs(m$gr(at) - grad(m$fn, at)))
hessian_error <- max(abs(m$he(at) - hessian(m$fn, at)))
jacobian_error <- max(abs(m$he(at) - jacobian(m$gr, at)))  # the Hessian, from gradients

# A model with a row for each observation has a Jacobian.
source("gradc-out/michaelis_menten.R")
rate <- function(par) as.vector(michaelis_menten(par[1], par[2], Puromycin$conc, order = 0))
exact <- attr(michaelis_menten(200, 0.1, Puromycin$conc), "gradient")
row_error <- max(abs(exact - jacobian(rate, c(200, 0.1))))
