# Data in a list with numbers and vectors, as an argument.
input <- list(N = 4, y = c(2, 3, 5, 4), x = c(1, 2, 3, 4))
loglik <- function(theta, input) {
  y <- input$y
  x <- input[["x"]]
  N <- input$N
  -N * log(theta[3]) - sum((y - theta[1] - theta[2] * x)^2) / (2 * theta[3]^2)
}
optim(c(1, 1, 1), loglik, input = input, control = list(fnscale = -1))
