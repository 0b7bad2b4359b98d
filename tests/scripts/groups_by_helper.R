# A function for one group, summed over the groups; p goes to it by name.
gid <- c(1, 1, 2, 2, 2); y <- c(1, 1.5, 2, 2.2, 2.7)
grp_nll <- function(g, p) {
  yy <- y[gid == g]
  -sum(dnorm(yy, p[g], exp(p[3]), log = TRUE))
}
f <- function(p) sum(sapply(unique(gid), grp_nll, p = p))
optim(c(1, 2, 0), f)
