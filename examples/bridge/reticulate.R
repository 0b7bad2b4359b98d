# gradc from R: compile a model, and get R functions back.
# RETICULATE_PYTHON=.venv/bin/python Rscript examples/bridge/reticulate.R
gradc <- reticulate::import("gradc")

# Real R functions: value() takes every input, objective() the data.
f <- gradc$bridge$r("sum((height - top * (1 - exp(-rate * age)))^2)",
  wrt = c("top", "rate"), hessian = TRUE)
print(attr(f$value(top = 10, rate = 0.2, height = c(3, 6), age = c(1, 3)), "gradient"))

age <- 1:8
height <- c(3.1, 5.2, 7.3, 8.4, 9.4, 10.1, 10.5, 11.0)
o <- f$objective(height = height, age = age)
fit <- optim(c(top = 10, rate = 0.2), o$fn, o$gr, method = "BFGS")
print(fit$par)
print(nlminb(c(top = 10, rate = 0.2), o$fn, o$gr, o$he)$par)

# A compiled model has everything else, too. One name is one name: wrt = "rate".
model <- gradc$compile("(y - exp(-rate * x))^2", wrt = "rate")
print(model$evaluate(list(rate = 0.5, x = c(1, 2, 3), y = c(0.7, 0.3, 0.2)), target = "r")$gradient)

# What is wrong with a model is an error in R, with its place.
said <- tryCatch(gradc$bridge$r("y - exq(a * x)", wrt = "a"), error = conditionMessage)
cat(said, "\n")
