# Treated and untreated by flags, by which, and by assignment into a vector.
trt <- c(0, 1, 0, 1); y <- c(1, 2, 1.5, 2.6)
f <- function(p) {
  i0 <- which(trt == 0)
  mu <- rep(p[1], length(y)); mu[trt == 1] <- p[2]
  sum((y[i0] - p[1])^2) + sum((y[-i0] - p[2])^2) + 0.5 * sum((y[trt == 1] - mu[trt == 1])^4)
}
optim(c(0, 1), f)
