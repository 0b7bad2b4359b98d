# The short lambda and the pipe.
d <- c(0.8, 1.9, 2.2, 0.4)
nll <- \(p) -(dnorm(d, p[1], exp(p[2]), log = TRUE) |> sum())
optim(c(0, 0), nll)$par
