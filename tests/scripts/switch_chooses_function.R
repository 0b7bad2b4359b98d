# switch chooses the link; a function is a value.
link <- "logit"
inv <- switch(link, logit = function(z) 1 / (1 + exp(-z)), probit = pnorm)
h <- c(1, 2, 3); p01 <- c(0, 1, 1)
nll <- function(b) {
  q <- inv(b[1] + b[2] * h)
  -sum(p01 * log(q) + (1 - p01) * log(1 - q))
}
optim(c(0, 0.1), nll)
