# A maximum: outside of the domain the log-likelihood is -Inf. [also 1, -1]
y <- c(1, 2, 3)
f <- function(p) {
  s <- p[2]
  if (s <= 0) { return(-Inf) } else { return(sum(dnorm(y, p[1], s, log = TRUE))) }
}
optim(c(1, 1), f, control = list(fnscale = -1))
