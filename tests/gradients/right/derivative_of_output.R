sigmoid <- function(x) 1 / (1 + exp(-x))
sigmoid_deriv <- function(s) s * (1 - s)
