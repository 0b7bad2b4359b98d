# A model from gradc in nlm(), which wants value, gradient and Hessian in one: fg.
#   gradc compile examples/poisson_glm.txt --target r --hessian
source("gradc-out/poisson_glm.R")
d <- read.csv("examples/poisson_glm.csv")
m <- poisson_glm_model(d$events, d$time, d$dose, d$age)

# nlm() compares the derivatives with differences first, and would stop where they differ.
fit <- nlm(m$fg, m$par, check.analyticals = TRUE)
setNames(fit$estimate, names(m$par))
