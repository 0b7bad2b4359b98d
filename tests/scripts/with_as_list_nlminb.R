# A dose response curve, its parameters unpacked by with(as.list()), the data frame an argument.
dat <- data.frame(dose = c(0, 1, 2, 4, 8), resp = c(0.1, 0.3, 0.5, 0.8, 0.95))
sse <- function(p, data) {
  with(as.list(p), {
    pred <- top / (1 + exp(-k * (data$dose - mid)))
    sum((data$resp - pred)^2)
  })
}
out <- nlminb(start = c(top = 1, k = 0.7, mid = 2), objective = sse, data = dat)
out$par
