set.seed(7)
X <- matrix(rnorm(60), 20, 3)
y <- rnorm(20)
lambda <- 0.5
ridge <- function(b) drop(crossprod(y - X %*% b)) + lambda * sum(b^2)
ridge_grad <- function(b) drop(-2 * crossprod(X, y - X %*% b) + 2 * lambda * b)
fit <- nlminb(rep(0, 3), ridge, ridge_grad)
