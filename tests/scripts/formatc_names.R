# Names with leading zeros, next to names out of a comma separated text.
ops <- strsplit("alpha,beta,delta", ",")[[1]]
txt <- paste(sprintf("%s*z%s", ops, formatC(seq_along(ops), width = 2, flag = "0")),
             collapse = "+")
cat(toupper(txt), "\n")
fm <- as.formula(paste0("~exp(-(", txt, "))"))
alpha <- 0.1; beta <- 0.2; delta <- 0.3; z01 <- 1; z02 <- 2; z03 <- 3
eval(deriv(fm, ops))
