# The data of the declared examples, simulated once: Rscript examples/simulate.R
# Each is written with few digits, so what the models see is what the files say.
folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(20240229)
n <- 1000

csv <- function(name, data) {
  write.csv(data, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}

json <- function(name, data) {
  text <- jsonlite::toJSON(data, digits = NA, auto_unbox = TRUE)
  writeLines(text, file.path(folder, paste0(name, ".json")))
}

covariates <- function(k) cbind(1, matrix(round(rnorm(n * k), 2), n))

X <- covariates(3)
y <- round(drop(X %*% c(1, 2, -1, 0.5)) + rnorm(n, sd = 0.7), 2)
json("linear_regression", list(y = y, X = X))

X <- covariates(3)
y <- rbinom(n, 1, plogis(X %*% c(-0.5, 1, -1, 0.5)))
json("logistic_glm", list(y = y, X = X))

time <- round(runif(n, 0.5, 5), 1)
dose <- round(runif(n, 0, 2), 2)
age <- round(rnorm(n), 2)
events <- rpois(n, time * exp(-0.5 + 0.6 * dose + 0.2 * age))
csv("poisson_glm", data.frame(events, time, dose, age))

X <- covariates(2)
y <- rnbinom(n, mu = exp(X %*% c(1, 0.5, -0.4)), size = 1.5)
json("negbin_glm", list(y = y, X = X))

t <- round(runif(n, 0, 25), 1)
mu <- 120 / (1 + exp((9 - t) / 2.5))
csv("growth_curve", data.frame(t, weight = signif(rnorm(n, mu, 0.1 * mu), 4)))

is_first <- rbinom(n, 1, 0.3) == 1
csv("mixture", data.frame(y = round(ifelse(is_first, rnorm(n, -2, 0.6), rnorm(n, 1.5, 1)), 2)))

u <- as.numeric(arima.sim(list(ar = 0.8), n, sd = 0.5))
csv("ar1", data.frame(y = round(2 + u + rnorm(n, sd = 0.3), 2)))

group <- rep(1:50, each = 20)
x <- round(rnorm(n), 2)
level <- rnorm(50, sd = 0.8)
csv("glmm", data.frame(y = rbinom(n, 1, plogis(-0.3 + x + level[group])), x, group))

X <- covariates(2)
y <- round(sin(2 * X[, 2]) + 0.5 * X[, 3] + rnorm(n, sd = 0.1), 2)
W1 <- matrix(signif(rnorm(3 * 6), 3), 3)
w2 <- signif(rnorm(6, sd = 0.3), 3)
json("neural_network", list(y = y, X = X, W1 = W1, w2 = w2))
