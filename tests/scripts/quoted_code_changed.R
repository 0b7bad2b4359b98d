# Parts of quoted code are exchanged in place.
e <- quote(a + b * x)
e[[1]] <- as.name("*")
e[[3]][[2]] <- quote(sin(b))
a <- 2; b <- 1; x <- 3
eval(deriv(e, c("a", "b")))
