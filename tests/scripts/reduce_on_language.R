# Products of names by bquote, added by Reduce, put into a formula.
tms <- lapply(1:3, function(i) {
  bquote(.(as.name(paste0("b", i))) * .(as.name(paste0("x", i))))
})
lin <- Reduce(function(a, b) call("+", a, b), tms)
fo <- eval(bquote(~ (y - (.(lin)))^2))
dv <- deriv(fo, paste0("b", 1:3))
b1 <- 1; b2 <- 2; b3 <- 3; x1 <- 0.1; x2 <- 0.2; x3 <- 0.3; y <- 2
eval(dv)
