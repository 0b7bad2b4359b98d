# anonymous, dots, and list data
set.seed(1)
dd <- data.frame(g = factor(sample(c("a","b"), 12, TRUE)), x = rnorm(12), y = rnorm(12))
M <- model.matrix(~ g + x, dd)
f <- function(beta, ...) { args <- list(...); sum((args$y - args$M %*% beta)^2) }
gr <- function(beta, ...) { args <- list(...); drop(-2 * t(args$M) %*% (args$y - args$M %*% beta)) }
r <- optim(rep(0, ncol(M)), f, gr, y = dd$y, M = M, method = "BFGS")
