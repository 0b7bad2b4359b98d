# A population from year to year: each prediction comes from the one before.
N <- c(12, 18, 29, 33, 40, 38)
ricker <- function(p) {
  r <- exp(p[1]); K <- exp(p[2]); s <- exp(p[3])
  pred <- numeric(length(N))
  pred[1] <- N[1]
  for (t in 2:length(N)) pred[t] <- pred[t - 1] * exp(r * (1 - pred[t - 1] / K))
  -sum(dnorm(log(N[-1]), log(pred[-1]), s, log = TRUE))
}
optim(c(log(0.5), log(40), log(0.2)), ricker)
