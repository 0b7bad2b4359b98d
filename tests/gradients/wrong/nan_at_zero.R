# cause: any; lines: 3-3
fn <- function(b) sum(log(1 + exp(40 * b)))
gr <- function(b) 40 * exp(40 * b) / (1 + exp(40 * b)) * log(b - 3)
optim(c(0.5), fn, gr, method = "Nelder-Mead")
