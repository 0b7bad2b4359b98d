# do.call and substitute, twice: what is put in contains what is exchanged.
e <- quote(u^2 + v)
for (i in 1:2) e <- do.call("substitute", list(e, list(u = quote(sin(u) * q))))
u <- 0.4; q <- 1.2; v <- 3
eval(deriv(e, c("u", "q")))
