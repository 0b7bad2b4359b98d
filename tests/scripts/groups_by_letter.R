# A mean for each of two groups, chosen by a letter.
grp <- c("a", "a", "b", "b", "b")
val <- c(1.1, 1.4, 2.2, 2.6, 2.1)
nll <- function(p) {
  mu <- ifelse(grp == "a", p[1], p[2])
  -sum(dnorm(val, mu, exp(p[3]), log = TRUE))
}
optim(c(1, 2, 0), nll)
