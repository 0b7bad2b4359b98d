make_objective <- function(x, y) {
  n <- length(y)
  list(
    fn = function(beta) {
      r <- y - beta[1] - beta[2] * x
      sum(r^2) / (2 * n)
    },
    gr = function(beta) {
      r <- y - beta[1] - beta[2] * x
      c(-sum(r), -sum(r * x)) / n
    }
  )
}
set.seed(3)
x <- rnorm(25)
y <- 1 + 2 * x + rnorm(25)
obj <- make_objective(x, y)
fit <- optim(c(0, 0), obj$fn, obj$gr, method = "L-BFGS-B")
cat("estimates:", fit$par, "\n")
