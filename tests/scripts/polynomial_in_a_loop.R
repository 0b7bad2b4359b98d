# A loop pastes the terms of a polynomial. [at c0 = 1, c1 = 2, c2 = -1, c3 = 0.5, c4 = 0.1, x = 1.3]
deg <- 4
terms <- character(deg + 1)
for (i in 0:deg) terms[i + 1] <- if (i == 0) "c0" else paste0("c", i, "*x^", i)
poly_expr <- parse(text = paste(terms, collapse = " + "))[[1]]
dpoly <- D(poly_expr, "x")
print(dpoly)
