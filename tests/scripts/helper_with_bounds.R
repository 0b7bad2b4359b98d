# A growth rate in a function of its own, bounds, data through the dots.
growthrate <- function(r, K, N) r * N * (1 - N / K)
ssq <- function(pars, N, obs) {
  r <- pars[["r"]]; K <- pars[["K"]]
  sum((obs - growthrate(r, K, N))^2)
}
N <- c(10, 20, 40, 60, 80)
obs <- c(0.9, 1.5, 2.5, 2.3, 1.7)
opt <- optim(par = c(r = 0.1, K = 100), fn = ssq, N = N, obs = obs, method = "L-BFGS-B",
             lower = c(0, 1), upper = c(1, 500))
cat(sprintf("r = %.3f, K = %.1f\n", opt$par["r"], opt$par["K"]))
