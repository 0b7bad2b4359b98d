library(aPackageThatIsNotThere)
setwd("C:/Users/me/Documents")
loss <- function(b) log(1 + exp(b[1])) + b[2]^4
loss.grad <- function(b) {
  c(1 / (1 + exp(-b[1])), 4 * b[2]^3)
}
