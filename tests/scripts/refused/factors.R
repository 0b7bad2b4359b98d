# G104: factors
d <- data.frame(y = c(1, 2, 4), g = c("a", "b", "a"), stringsAsFactors = TRUE)
f <- function(p) sum((d$y - p[d$g])^2)
optim(c(b = 1, a = 2), f)
