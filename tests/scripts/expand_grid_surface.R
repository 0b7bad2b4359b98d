# expand.grid gives the powers of a surface in two variables.
pw <- expand.grid(i = 0:2, j = 0:1)
nms <- paste0("c", pw$i, pw$j)
txt <- paste(paste0(nms, "*u^", pw$i, "*v^", pw$j), collapse = " + ")
vals <- setNames(as.list(seq(0.5, 1.75, by = 0.25)), nms)
eval(deriv(parse(text = txt), nms), c(vals, list(u = 1.2, v = -0.7)))
