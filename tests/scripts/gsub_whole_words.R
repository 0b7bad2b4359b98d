# Names are exchanged in a text, whole words only.
subs <- c(A = "amp", K = "rate")
txt <- "A * (1 - exp(-K * x))"
for (nm in names(subs)) txt <- gsub(paste0("\\b", nm, "\\b"), subs[[nm]], txt)
x <- 2; amp <- 3; rate <- 0.4
eval(deriv(parse(text = txt), unname(subs)))
