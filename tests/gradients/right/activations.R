sigmoid <- function(x) 1 / (1 + exp(-x))
sigmoid_prime <- function(x) sigmoid(x) * (1 - sigmoid(x))
tanh_act <- function(x) tanh(x)
tanh_act_deriv <- function(x) 1 - tanh(x)^2
softplus <- function(x) log(1 + exp(x))
d_softplus <- function(x) 1 / (1 + exp(-x))
relu <- function(x) ifelse(x > 0, x, 0)
relu_deriv <- function(x) ifelse(x > 0, 1, 0)
