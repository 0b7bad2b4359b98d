# gsub numbers the terms of a sum of exponentials; t is a column.
tmpl <- "A_i * exp(-k_i * t)"
pieces <- sapply(1:2, function(i) gsub("_i", i, tmpl, fixed = TRUE))
model <- paste(pieces, collapse = " + ")
df <- data.frame(t = c(0, 1, 2, 4, 6), y = c(10, 6, 4.1, 2, 1.1))
fit <- nls(as.formula(paste("y ~", model)), df,
           start = list(A1 = 5, k1 = 1, A2 = 5, k2 = 0.1),
           control = nls.control(warnOnly = TRUE))
