# Gauss and Hermite over a list of groups of unequal length.
nodes <- c(-1.7320508, 0, 1.7320508); wts <- c(1/6, 2/3, 1/6)
yb <- list(c(1, 0, 1), c(0, 0, 1, 1))
f <- function(p) {
  ll <- 0
  for (grp in yb) {
    L <- 0
    for (q in seq_along(nodes)) {
      pr <- plogis(p[1] + exp(p[2]) * nodes[q])
      L <- L + wts[q] * prod(pr^grp * (1 - pr)^(1 - grp))
    }
    ll <- ll + log(L)
  }
  -ll
}
optim(c(0.1, 0), f)
