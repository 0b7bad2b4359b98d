# sapply asks D for each name and evaluates among the values of a list.
vars <- c("m", "v")
formula_str <- "0.5 * m * v^2"
vals <- list(m = 2, v = 3)
errs <- c(m = 0.1, v = 0.2)
partials <- sapply(vars, function(z) eval(D(parse(text = formula_str), z), vals))
sqrt(sum((partials * errs)^2))
