# Logistic regression by hand, then the same by glm.
hours <- c(0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3)
pass <- c(0, 0, 0, 0, 1, 0, 1, 1, 1, 1)
nll <- function(beta) {
  eta <- beta[1] + beta[2] * hours
  p <- plogis(eta)
  -sum(pass * log(p) + (1 - pass) * log(1 - p))
}
fit <- optim(c(0, 0), nll, method = "BFGS", hessian = TRUE)
glmfit <- glm(pass ~ hours, family = binomial)
cbind(fit$par, coef(glmfit))
