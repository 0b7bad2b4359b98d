# A concentration in time; the data frame is called d inside and pk outside.
pk <- data.frame(time = c(0.5, 1, 2, 4, 8, 12), conc = c(3.1, 4.6, 5.0, 3.8, 1.7, 0.8))
Dose <- 100
pkfun <- function(p, d) {
  ka <- exp(p["lka"]); ke <- exp(p["lke"]); V <- exp(p["lV"])
  pred <- Dose * ka / (V * (ka - ke)) * (exp(-ke * d$time) - exp(-ka * d$time))
  -sum(dnorm(log(d$conc), log(pred), 0.2, log = TRUE))
}
opt <- optim(c(lka = 0.2, lke = -1.5, lV = 2.7), pkfun, d = pk)
opt[c("par", "value")]
