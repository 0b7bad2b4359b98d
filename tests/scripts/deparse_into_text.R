# Quoted code goes back to text and into a larger one.
link <- quote(1 / (1 + exp(-eta)))
lin <- "b0 + b1 * x"
txt <- gsub("eta", paste0("(", lin, ")"), deparse(link), fixed = TRUE)
loss <- paste0("(y - ", txt, ")^2")
b0 <- -0.3; b1 <- 0.8; x <- c(0.5, -1, 2); y <- c(1, 0, 1)
eval(deriv(str2lang(loss), c("b0", "b1")))
