# A model from gradc in optimx::optimx(): several optimisers side by side.
#   gradc compile examples/poisson_glm.txt --target r --hessian
library(optimx)
source("gradc-out/poisson_glm.R")
d <- read.csv("examples/poisson_glm.csv")
m <- poisson_glm_model(d$events, d$time, d$dose, d$age)

methods <- c("BFGS", "CG", "L-BFGS-B", "nlm", "nlminb")
fit <- optimx(m$par, m$fn, m$gr, m$he, method = methods, control = list(kkt = TRUE))

# kkt1: the gradient is 0 there; kkt2: the Hessian is positive definite.
summary(fit, order = value)
