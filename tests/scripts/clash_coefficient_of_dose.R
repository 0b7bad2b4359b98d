# Coefficients have the names of what they multiply.
dose <- c(1, 2, 4); resp <- c(2, 5, 7)
f <- function(beta) sum((resp - beta["dose"] * dose - beta["int"])^2)
optim(c(int = 0, dose = 1), f)
