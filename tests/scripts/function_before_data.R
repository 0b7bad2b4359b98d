# The function comes first, the data that it uses after it.
rss <- function(beta) sum((beta[1] + beta[2] * xs - ys)^2)
xs <- c(1, 3, 4, 7)
ys <- c(2, 5, 9, 13)
ans <- optim(par = c(0, 0), fn = rss)
ans$par
