# gradient via helper called inside; integer data; logical response; which/any
set.seed(4)
age <- sample(20:60, 25, TRUE); died <- runif(25) < 0.4
lp <- function(b) b[1] + b[2] * (age - 40) / 10
nll <- function(b) { e <- lp(b); sum(log(1 + exp(e))) - sum(e[died]) }
nll_gradient <- function(b) { p <- 1/(1+exp(-lp(b))); r <- p - died; c(sum(r), sum(r * (age - 40)/10)) }
m <- optim(c(0,0), nll, nll_gradient, hessian = TRUE, method = "BFGS")
