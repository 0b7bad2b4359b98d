# A function turns the parameters into a list of what they mean.
tr <- function(p) list(mu = p[1], sd = exp(p[2]), w = plogis(p[3]))
y <- c(1, 2, 5)
f <- function(p) {
  q <- tr(p)
  -sum(log(q$w * dnorm(y, q$mu, q$sd) + (1 - q$w) * dnorm(y, q$mu, 3 * q$sd)))
}
optim(c(1, 0, 0), f)
