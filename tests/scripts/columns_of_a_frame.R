# columns by name and by number, without rows
d <- data.frame(x = c(1, 2, 4), y = c(3, 4, 5))
optim(c(1, 2), function(p) sum((d[, "y"] - p[1] - p[2] * d[, 1])^2))
