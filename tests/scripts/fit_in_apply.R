# of several fits the last one is the model
Y <- matrix(c(1, 2, 3, 4, 5, 7), 3)
fits <- apply(Y, 2, function(y) optim(c(0, 1), function(p) sum((y - p[1])^2) + p[2]^2)$par)
fits
