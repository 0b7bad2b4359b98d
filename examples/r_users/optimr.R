# A model from gradc in optimx::optimr(), which calls many optimisers in one way.
#   gradc compile examples/poisson_glm.txt --target r --hessian
source("gradc-out/poisson_glm.R")
d <- read.csv("examples/poisson_glm.csv")
m <- poisson_glm_model(d$events, d$time, d$dose, d$age)

fit <- optimx::optimr(m$par, m$fn, m$gr, method = "L-BFGS-B")
fit$par

# Newton's method takes the Hessian, too.
newton <- optimx::optimr(m$par, m$fn, m$gr, m$he, method = "snewton")
newton$par
newton$counts
