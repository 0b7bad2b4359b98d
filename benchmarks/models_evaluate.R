# Value and gradient of an emitted R function and of an emitted TMB template, in one R process:
#   Rscript models_evaluate.R FOLDER SECONDS
# FOLDER holds model.R, model.cpp, model_tmb.R, the data as data.csv and a design matrix, if the
# model has one, as X.csv. Prints seconds of R and of TMB, then both values.
arguments <- commandArgs(trailingOnly = TRUE)
budget <- as.numeric(arguments[2])
setwd(arguments[1])
source("model.R", keep.source = FALSE)
source("model_tmb.R", keep.source = FALSE)
data <- as.list(read.csv("data.csv"))
if (file.exists("X.csv")) data$X <- unname(as.matrix(read.csv("X.csv")))
factory <- do.call(model_model, data[names(formals(model_model))])
par <- factory$par
obj <- model_tmb(data)

seconds <- function(f) {
  for (warm in 1:3) f()
  calls <- 1L
  repeat {
    spent <- system.time(for (i in seq_len(calls)) f())[["elapsed"]]
    if (spent >= max(budget / 9, 0.05)) break
    calls <- calls * 2L
  }
  median(vapply(1:7, function(k) {
    gc()
    system.time(for (i in seq_len(calls)) f())[["elapsed"]] / calls
  }, 0))
}
in_r <- seconds(function() factory$fg(par))
in_tmb <- seconds(function() { obj$fn(par); obj$gr(par) })
cat(in_r, in_tmb, format(c(factory$fn(par), obj$fn(par)), digits = 17), "\n")
