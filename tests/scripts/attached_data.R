# Columns by attach, which is taken back and done again.
df <- data.frame(tt = c(1, 2, 4, 8), cc = c(9, 7.5, 5, 2.2))
attach(df)
ss <- function(p) sum((cc - p[1] * exp(-p[2] * tt))^2)
detach(df)
attach(df)
optim(c(10, 0.2), ss)
