obj <- function(theta) exp(theta[1]) - theta[1] * theta[2] + cosh(theta[2])
grd <- function(theta) c(exp(theta[1]) - theta[2], -theta[1] + sinh(theta[2]))
res <- nlminb(start = c(0.3, 0.4), gradient = grd, objective = obj)
