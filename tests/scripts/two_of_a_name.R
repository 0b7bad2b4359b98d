# two elements of a list by one name
d <- list(u = 1, u = 3)
optim(1, function(p) (d[[1]] * p + d[[2]])^2)
