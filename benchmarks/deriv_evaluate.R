# The emitted function against what deriv returns, in one R process:
#   Rscript deriv_evaluate.R EMITTED FORMULA VALUES SECONDS
# EMITTED is a file that defines model(), FORMULA holds R code whose value is the formula as a
# call, VALUES one input a line: its kind, its name and its numbers. Prints CPU seconds a call of
# deriv's function and of model(), and the largest difference relative to the largest entry.
arguments <- commandArgs(trailingOnly = TRUE)
options(expressions = 500000L, keep.source = FALSE)
budget <- as.numeric(arguments[4])
fields <- strsplit(readLines(arguments[3]), " ", fixed = TRUE)
names(fields) <- vapply(fields, `[[`, "", 2L)
point <- lapply(fields, function(field) as.numeric(field[-(1:2)]))
parameters <- names(fields)[vapply(fields, `[[`, "", 1L) == "param"]

source(arguments[1], keep.source = FALSE)
ours <- model
theirs <- deriv(eval(parse(arguments[2])), parameters, function.arg = names(point))

difference <- function(a, b) max(abs(a - b)) / max(abs(b))
a <- do.call(ours, point)
b <- do.call(theirs, point)
gradient <- function(x) attr(x, "gradient")[, parameters]
worst <- max(difference(as.vector(a), as.vector(b)), difference(gradient(a), gradient(b)))

# R compiles a closure to byte code at its second call.
for (warm in 1:3) { do.call(ours, point); do.call(theirs, point) }
# CPU time, which other work on the machine spoils least.
busy <- function(loop, calls) sum(system.time(loop(calls))[c("user.self", "sys.self")])
seconds <- function(f) {
  call <- as.call(c(f, lapply(names(point), as.name)))
  names(call) <- c("", names(point))
  frame <- list2env(point, parent = baseenv())
  loop <- eval(bquote(function(calls) for (i in seq_len(calls)) .(call)), frame)
  # The clock counts milliseconds, so one round is long enough to be counted.
  calls <- 4L
  repeat {
    spent <- busy(loop, calls)
    if (spent >= max(budget / 18, 0.05)) break
    calls <- calls * 2L
  }
  function() {
    gc()  # so that neither function pays for the other's garbage
    busy(loop, calls) / calls
  }
}
rounds <- list(seconds(theirs), seconds(ours))
spent <- vapply(1:9, function(i) vapply(rounds, function(round) round(), 0), c(0, 0))
cat(apply(spent, 1, median), worst, "\n")
