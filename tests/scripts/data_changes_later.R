# what is assigned after the fit is not what the fit has seen
x <- c(1, 2, 3)
y <- c(2, 4, 5)
half <- function(v) v / 2
rss <- function(p) sum((y - p[1] - p[2] * half(x))^2)
fit <- optim(c(0.5, 1), rss)
x <- x * 10
y[2] <- 100
half <- function(v) v * 3
fit$par
