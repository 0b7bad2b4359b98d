# weibull censored with survival style; log parameters; uses global constants, `eps`
set.seed(5)
eps <- 1e-12
t <- rexp(20); d <- rbinom(20, 1, .7)
nll <- function(th) { k <- exp(th[1]); l <- exp(th[2]); -sum(d * (log(k) - k*log(l) + (k-1)*log(t + eps)) - (t/l)^k) }
nll.grad <- function(th) {
  k <- exp(th[1]); l <- exp(th[2]); z <- (t/l)^k
  c(-sum(d * (1 - k*log(l) + k*log(t + eps)) - z * k * log(t/l)), -sum(-d*k + z*k))
}
optimx_available <- requireNamespace("optimx", quietly = TRUE)
if (optimx_available) res <- optimx::optimr(c(0, 0), nll, nll.grad, method = "BFGS") else res <- optim(c(0,0), nll, nll.grad)
