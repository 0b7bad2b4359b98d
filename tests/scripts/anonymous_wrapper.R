# A function of two numbers, unpacked from one vector on the spot.
fn <- function(x, y) (x - 1)^2 + (y + 2)^2 + x * y
optim(c(0, 0), function(v) fn(v[1], v[2]))
