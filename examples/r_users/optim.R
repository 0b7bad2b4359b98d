# A model from gradc in optim(): Poisson regression, with standard errors.
#   gradc compile examples/poisson_glm.txt --target r --hessian
source("gradc-out/poisson_glm.R")
d <- read.csv("examples/poisson_glm.csv")

# The factory takes the data and gives par (starting values), fn, gr, he and fg.
m <- poisson_glm_model(d$events, d$time, d$dose, d$age)

fit <- optim(m$par, m$fn, m$gr, method = "BFGS", hessian = TRUE)
cbind(estimate = fit$par, se = sqrt(diag(solve(fit$hessian))))

# fn is a negative log likelihood, so the same follows from the exact Hessian,
# which --hessian asks for:
se <- sqrt(diag(solve(m$he(fit$par))))

# What glm() says:
reference <- glm(events ~ dose + age + offset(log(time)), family = poisson, data = d)
coef(summary(reference))[, 1:2]
