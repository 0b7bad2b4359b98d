# Rows of a data frame by a column of flags.
df <- data.frame(x = c(1, 2, 3, 4), y = c(2.2, 3.9, 6.1, 8.2),
                 keep = c(TRUE, TRUE, FALSE, TRUE))
sub <- df[df$keep, ]
f <- function(p, dat) sum((dat[, "y"] - p[1] - p[2] * dat[["x"]])^2)
optim(c(0, 1), f, dat = sub)
