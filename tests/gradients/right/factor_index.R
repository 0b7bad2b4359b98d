# factor used as index; group means
set.seed(1)
g <- factor(sample(c("a","b","c"), 20, TRUE)); y <- rnorm(20)
f <- function(mu) sum((y - mu[g])^2)
gr <- function(mu) { r <- y - mu[g]; -2 * as.vector(tapply(r, g, sum)) }
r <- optim(rep(0, 3), f, gr, method = "BFGS")
