"""The parts of NAME_tmb_fit.R of its own; NAME stands for it, MODEL for the model."""

from __future__ import annotations

FIT = """\
# Estimates in the order of the template's parameters, those that are random by their conditional
# modes; parameters may be a list by name, or a vector. What is in ... goes to MakeADFun(), such
# as map. It takes the place of the shorter function of this name in @MODEL@_tmb.R.
NAME <- function(data, parameters = NULL, lower = @LOWER@, upper = @UPPER@,
  random = @RANDOM@, ..., cpp = file.path(NAME_folder, "@MODEL@.cpp"), flags = "",
  DLL = @MODEL@_tmb_load(cpp, flags)) {
  if (!requireNamespace("TMB", quietly = TRUE))
    stop('the fit needs the package TMB: install.packages("TMB")', call. = FALSE)
  force(DLL)
  began <- proc.time()[["elapsed"]]
  data <- NAME_data(data)
  par <- NAME_start(@START@, parameters)
  if (any(par < lower | par > upper)) stop("start lies outside of the bounds", call. = FALSE)
  label <- names(par)
  parameters <- NAME_parameters(par)
  obj <- @MODEL@_tmb(data, parameters, random, ..., DLL = DLL)
  map <- list(...)$map
  # What is left to search for: without what is random, and one element where map has joined some.
  left <- function(values) {
    values <- utils::relist(rep_len(values, length(par)), parameters)
    for (name in names(map)) values[[name]] <- tapply(values[[name]], map[[name]], `[`, 1L)
    as.numeric(unlist(values[setdiff(names(values), random)]))
  }
  few <- is.null(random) && length(obj$par) <= 1000L
  goal <- NAME_goal(list(fn = function(par) as.numeric(obj$fn(par)),
    gr = function(par) as.vector(obj$gr(par)), he = if (few) function(par) obj$he(par)),
    left(lower), left(upper), dear = length(obj$par) > 20L)
  value <- suppressWarnings(goal$fn(obj$par))
  if (!is.finite(value))
    stop("the objective is ", value, " at the starting values", call. = FALSE)
  found <- suppressWarnings(NAME_minimise(goal, as.vector(obj$par),
    list(NAME_nlminb, NAME_nlminb), c(FALSE, TRUE)))
  objective <- as.numeric(obj$fn(found$par))
  gradient <- as.vector(obj$gr(found$par))
  estimates <- obj$env$parList(found$par, obj$env$last.par)
  held <- !goal$free(found$par, gradient)
  report <- if (!any(held)) {
    NAME_report(obj, found$par, few)
  } else if (is.null(map) && !all(held)) {
    # Errors of the others are those with what a bound holds kept where it is.
    number <- seq_along(par)
    number[left(number)[held]] <- NA
    kept <- lapply(utils::relist(number, parameters), factor)
    free <- @MODEL@_tmb(data, estimates[names(parameters)], random, DLL = DLL,
      map = kept[setdiff(names(kept), random)])
    NAME_report(free, free$par, few)
  }
  errors <- rep(NA_real_, length(par))
  kind <- "sdreport"
  if (!is.null(report)) {
    errors <- suppressWarnings(as.list(report, "Std. Error"))
    errors <- unlist(errors[names(parameters)], use.names = FALSE)
  } else if (few && is.null(map) && !is.null(curved <- goal$curvature(found$par))) {
    # Parameters of very different sizes: positive definite all the same, once it is scaled.
    errors[curved$free] <- sqrt(diag(curved$inverse))
    kind <- "hessian"
  }
  whole <- is.null(random) && is.null(map)
  fixed <- unlist(lapply(names(parameters), function(name)
    rep(!name %in% random, length(parameters[[name]]))))
  list(par = stats::setNames(unlist(estimates[names(parameters)], use.names = FALSE), label),
    se = @SE@, se_kind = kind, objective = objective, counts = goal$counts,
    seconds = proc.time()[["elapsed"]] - began, message = found$message,
    claimed = found$claimed, path = if (whole) goal$trail() else matrix(0, 0L, length(par)),
    gradient = if (length(random)) replace(numeric(length(par)), fixed, gradient),
    reported = names(report$value), reported_value = as.numeric(report$value),
    reported_se = as.numeric(report$sd), fixed = fixed, obj = obj, report = report)
}

# sdreport(), where the Hessian is positive definite. Its own is one of differences, which are
# far off where parameters are small; the exact one takes its place where nothing is random.
NAME_report <- function(obj, par, exact) {
  if (length(par) > 1000L) return(NULL)
  hessian <- if (exact) obj$he(par)
  report <- tryCatch(suppressWarnings(TMB::sdreport(obj, par, hessian)),
    error = function(condition) NULL)
  if (isTRUE(report$pdHess)) report
}
"""

PROGRAM = """\
if (!interactive() && sys.nframe() == 0L) local({
  given <- commandArgs(TRUE)
  if (!length(given)) stop("usage: Rscript NAME.R DATA [parameter=value ...]", call. = FALSE)
  start <- as.list(as.numeric(sub("^.*=", "", given[-1])))
  names(start) <- sub("=[^=]*$", "", given[-1])
  fit <- NAME(given[[1]], start)
  table <- NAME_table(list(par = fit$par[fit$fixed], se = fit$se[fit$fixed]))
  stats::printCoefmat(table, digits = 8L, signif.stars = FALSE, na.print = "")
@ADREPORT@  objective <- format(fit$objective, digits = 10L)
  cat("\\nobjective ", objective, "; ", fit$message, "\\n", sep = "")
})
"""

ADREPORT = """\
  if (length(fit$report$value)) {
    cat("\\n")
    print(summary(fit$report, "report"), digits = 8L)
  }
"""
