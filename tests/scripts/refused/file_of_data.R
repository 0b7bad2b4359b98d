# G104: 'read.csv' reaches outside of the model
dat <- read.csv("field.csv")
optim(c(0, 1), function(p) sum((dat$y - p[1] - p[2] * dat$x)^2))$par
