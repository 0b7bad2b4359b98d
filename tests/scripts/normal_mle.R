# Mean and standard deviation by maximum likelihood, the data in a global variable.
set.seed(42)
heights <- c(171.2, 168.4, 180.1, 175.5, 169.9, 172.3, 177.7)
negll <- function(par) {
  mu <- par[1]
  sigma <- par[2]
  -sum(dnorm(heights, mean = mu, sd = sigma, log = TRUE))
}
fit <- optim(c(170, 5), negll)
print(fit$par)
cat("Estimated mean:", fit$par[1], "\n")
