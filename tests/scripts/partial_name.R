# $ takes the beginning of a name
d <- list(alpha = 2, beta = 5)
optim(1, function(p) (d$al - p)^2 + d$be)
