# sprintf makes names, and terms out of names and numbers.
k <- 4
coefs <- sprintf("th%d", 1:k)
pw <- sprintf("%s*(x-%g)^%d", coefs, 0.5, seq_len(k) - 1)
txt <- paste0("(y - (", paste(pw, collapse = " + "), "))^2")
th1 <- 1; th2 <- 0; th3 <- -1; th4 <- 0.2; x <- 1.3; y <- 2
g <- eval(deriv(parse(text = txt), coefs))
attr(g, "gradient")
