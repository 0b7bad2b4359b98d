# constrOptim: the constraints are not part of the model.
f <- function(p) (p[1] - 3)^2 + (p[2] - 2)^2
constrOptim(c(0.5, 0.5), f, NULL, ui = rbind(c(-1, -1)), ci = -2)$par
