# G104: 'read.csv' reads a file, and gradc never does
dat <- read.csv("field.csv")
optim(c(0, 1), function(p) sum((dat$y - p[1] - p[2] * dat$x)^2))$par
