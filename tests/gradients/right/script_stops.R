f <- function(x) sum(exp(x) - x)
f_grad <- function(x) exp(x) - 1
data <- read.csv("no_such_file.csv")
fit <- optim(c(0.1, 0.2), f, f_grad)
