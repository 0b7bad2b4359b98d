# Powers, signs, %% and %/% bind as in R.
f <- function(p) -p[1]^2 + 2^-p[2] + p[1]^2^0.5 + 7 %% 3 * p[2] + 7 %/% 2 * p[1] - !TRUE
optimHess(c(1, 2), f)
