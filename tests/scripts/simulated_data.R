# Random data have no values in the model; the parameters do. [data x, y]
set.seed(1)
n <- 50
x <- runif(n, 0, 10)
y <- 1.5 + 0.8 * x + rnorm(n, sd = 0.7)
nll <- function(p) -sum(dnorm(y, p[1] + p[2] * x, exp(p[3]), log = TRUE))
fit <- optim(c(0, 0, 0), nll)
fit
