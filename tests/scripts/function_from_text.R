# The objective is parsed from lines with comments in them.
body_txt <- paste(c("{", "  m <- par[1]  # mean", "  s <- exp(par[2])",
                    "  sum(0.5 * ((y - m) / s)^2 + log(s))", "}"), collapse = "\n")
y <- c(1, 2, 2.5)
f <- eval(parse(text = paste0("function(par, y) ", body_txt)))
optim(c(1, 0), f, y = y)
