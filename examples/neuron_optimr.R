# The same neuron as a function, handed to an optimiser with its data.
library(optimx)

sigmoid <- function(z) 1 / (1 + exp(-z))

loss <- function(par, x, y) {
  a <- par[1]
  b <- par[2]
  sum((y - sigmoid(a + b * x))^2)
}

fit <- optimr(
  par = c(0.5, -1), fn = loss, method = 'BFGS',
  x = c(-2, -1, 0, 1, 2), y = c(0.9, 0.7, 0.6, 0.3, 0.2)
)
print(fit$par)
