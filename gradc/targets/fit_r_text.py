"""The parts of NAME_fit.R that are the same for every model; NAME stands for the model's name."""

from __future__ import annotations

FOLDER = """\
# What this script calls lies beside it, wherever it is sourced or run from.
NAME_folder <- local({
  sourced <- Filter(is.character, lapply(sys.frames(), function(frame) frame$ofile))
  run <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  run <- gsub("~+~", " ", run, fixed = TRUE)
  c(dirname(c(rev(unlist(sourced)), run)), ".")[[1]]
})
"""

DATA = """\
# Data from a CSV or a JSON file; a matrix X may stand in columns X.1, X.2 and so on.
NAME_read <- function(path) {
  if (!file.exists(path)) stop("there is no file ", path, call. = FALSE)
  if (!grepl("[.]json$", path, ignore.case = TRUE))
    return(utils::read.csv(path, check.names = FALSE))
  if (!requireNamespace("jsonlite", quietly = TRUE))
    stop('a JSON file needs the package jsonlite: install.packages("jsonlite")', call. = FALSE)
  jsonlite::fromJSON(path)
}

# What the model takes of a list, a data frame or a file.
NAME_data <- function(data) {
  if (is.character(data) && length(data) == 1L) data <- NAME_read(data)
  take <- function(name, rank = 1L, default = NULL) {
    columns <- intersect(paste0(name, ".", seq_along(data)), names(data))
    value <- if (name %in% names(data)) {
      data[[name]]
    } else if (rank == 2L && length(columns)) {
      as.matrix(as.data.frame(data, optional = TRUE)[columns])
    } else {
      default
    }
    if (is.null(value)) stop("the data have no ", name, call. = FALSE)
    if (anyNA(value)) stop(name, " has missing values", call. = FALSE)
    # A number may stand in every row of a table.
    if (rank == 0L) unique(c(value)) else if (rank == 2L) unname(as.matrix(value)) else value
  }
  list(@DATA@)
}
"""

PARAMETERS = """\
# The parameters by name, from one vector.
NAME_parameters <- function(par) {
  list(@LIST@)
}
"""

GOAL = """\
# The objective of one set of data; counts calls, and keeps where the gradient was asked for.
# The Hessian is for the whole search, or where it is dear for the end of it alone.
NAME_goal <- function(model, lower, upper, dear = FALSE) {
  counts <- c(fn = 0L, gr = 0L)
  path <- list()
  stride <- 1L
  he <- model$he
  fn <- function(par) {
    counts[["fn"]] <<- counts[["fn"]] + 1L
    model$fn(par)
  }
  gr <- function(par) {
    note(par)
    model$gr(par)
  }
  note <- function(par) {
    if (counts[["gr"]] %% stride == 0L) path[[length(path) + 1L]] <<- par
    counts[["gr"]] <<- counts[["gr"]] + 1L
    if (length(path) < 2000L) return(invisible())
    # Of a long search every second point is kept, then every fourth, and so on.
    path <<- path[c(TRUE, FALSE)]
    stride <<- 2L * stride
  }
  # At most 1,000 of the points where the gradient was asked for, one a row.
  trail <- function() {
    chosen <- path
    if (length(chosen) > 1000L)
      chosen <- chosen[round(seq(1, length(chosen), length.out = 1000L))]
    matrix(as.numeric(unlist(chosen)), ncol = length(lower), byrow = TRUE)
  }
  bounded <- any(is.finite(c(lower, upper)))
  inside <- function(par) pmin(pmax(par, lower), upper)
  # The parameters that no bound holds back.
  free <- function(par, gradient) {
    near <- 1e-9 * pmax(abs(par), 1)
    !(par - lower <= near & gradient > 0) & !(upper - par <= near & gradient < 0)
  }
  # The gradient relative to parameters and objective: 0 at a minimum.
  slope <- function(par) {
    gradient <- gr(par)
    value <- fn(par)
    if (!all(is.finite(c(gradient, value)))) return(Inf)
    steep <- abs(gradient) * pmax(abs(par), 1) / max(abs(value), 1)
    max(0, steep[free(par, gradient)])
  }
  # The inverse Hessian of the free parameters; NULL where it is not positive definite.
  curvature <- function(par) {
    if (length(par) > 1000L) return(NULL)
    hessian <- if (is.null(he)) stats::optimHess(par, fn, gr) else he(par)
    free <- free(par, gr(par))
    hessian <- hessian[free, free, drop = FALSE]
    if (!all(is.finite(hessian)) || any(diag(hessian) <= 0)) return(NULL)
    size <- sqrt(diag(hessian))
    root <- tryCatch(chol(hessian / outer(size, size)), error = function(condition) NULL)
    if (is.null(root) || any(diag(root) < 1e-7)) return(NULL)
    list(free = free, inverse = chol2inv(root) / outer(size, size))
  }
  environment()
}
"""

SEARCH = """\
# Steps of Newton: near a minimum the gradient still tells where the objective is all rounding.
NAME_refine <- function(goal, par) {
  slope <- goal$slope(par)
  # Without second derivatives the Hessian is one of differences of gradients.
  for (step in seq_len(if (!is.null(goal$he)) 10L else if (length(par) <= 50L) 3L else 0L)) {
    if (slope <= 1e-14) break
    curved <- goal$curvature(par)
    if (is.null(curved) || !any(curved$free)) break
    trial <- par
    trial[curved$free] <- par[curved$free] - curved$inverse %*% goal$gr(par)[curved$free]
    trial <- goal$inside(trial)
    steep <- goal$slope(trial)
    if (!(steep < slope && goal$fn(trial) <= goal$fn(par) + 1e-10 * abs(goal$fn(par)))) break
    par <- trial
    slope <- steep
  }
  par
}

# The best of several searches, in order, up to the first that ends in a minimum. They are
# done in units of the starting values where that is asked for, else in units of one.
NAME_minimise <- function(goal, start, searches, scaled) {
  best <- list(par = start, value = goal$fn(start), message = "no search got anywhere",
    claimed = FALSE)
  units <- function(par, scaled) ifelse(par == 0 | !scaled, 1, abs(par))
  for (k in seq_along(searches)) {
    search <- searches[[k]]
    found <- search(goal, start, units(start, scaled[[k]]))
    for (again in 1:10) {
      if (!is.finite(found$value) || goal$slope(found$par) <= 1e-8) break
      # Tolerances that are too coarse are met by a new search from its own answer.
      further <- search(goal, found$par, units(found$par, scaled[[k]]))
      gain <- found$value - further$value
      if (!is.finite(gain) || gain <= 0) break
      found <- further
      if (gain <= 1e-12 * abs(found$value)) break
    }
    if (is.finite(found$value) && found$value <= best$value) best <- found
    best$par <- NAME_refine(goal, best$par)
    if (goal$slope(best$par) > 1e-6) next
    if (is.null(goal$he) || !is.null(goal$curvature(best$par))) break
  }
  best
}

# One search by nlminb(); parameters are in units of size.
NAME_nlminb <- function(goal, from, size) {
  unscaled <- function(par) goal$inside(par * size)
  he <- if (!is.null(goal$he) && !goal$dear)
    function(par) goal$he(unscaled(par)) * outer(size, size)
  # The steps of Newton that follow do the rest, where they are not too dear.
  tol <- if (is.null(goal$he) && length(from) > 50L) 1e-13 else 1e-10
  found <- stats::nlminb(from / size, function(par) goal$fn(unscaled(par)),
    function(par) goal$gr(unscaled(par)) * size, he,
    lower = goal$lower / size, upper = goal$upper / size,
    control = list(eval.max = 3000L, iter.max = 3000L, rel.tol = tol, x.tol = tol, abs.tol = 0))
  list(par = unscaled(found$par), value = found$objective, message = found$message,
    claimed = found$convergence == 0L)
}
"""

OPTIMR = """\
# One search by optimx::optimr(), whose own parscale does not reach every method.
NAME_optimr <- function(method) function(goal, from, size) {
  unscaled <- function(par) goal$inside(par * size)
  he <- if (!is.null(goal$he)) function(par) goal$he(unscaled(par)) * outer(size, size)
  # Some of its methods print, and an error of one is caught by try(), which prints too.
  silent <- options(show.error.messages = FALSE)
  on.exit(options(silent))
  utils::capture.output(found <- optimx::optimr(from / size,
    function(par) goal$fn(unscaled(par)),
    function(par) goal$gr(unscaled(par)) * size, he,
    lower = goal$lower / size, upper = goal$upper / size,
    method = method, control = list(maxit = 10000L)))
  if (anyNA(found$par)) found <- list(par = from / size, value = NA_real_, convergence = 9999L)
  # Rvmmin says that it converged whatever happened; of its codes 2 is a small gradient.
  code <- found$convergence
  list(par = unscaled(found$par), value = found$value,
    claimed = code == 0L || method == "Rvmmin" && code == 2L,
    message = paste0(method, ": ", c(found$message, "stopped")[[1]], " (code ", code, ")"))
}
"""

SQUARES = """\
# @ROWS@ of every row with the attribute "gradient", both recycled.
NAME_rows <- function(par, data, observed) {
  value <- do.call(@MEAN@, c(NAME_parameters(par), data))
  gradient <- attr(value, "gradient")
  n <- max(length(value), length(observed))
  rows <- rep_len(seq_len(nrow(gradient)), n)
  structure(rep_len(as.vector(value), n), gradient = unname(gradient[rows, , drop = FALSE]))
}

# What the rows are compared with.
NAME_observed <- function(par, data) @OBSERVED@

# As summary() of nls() has them: square roots of the diagonal of s^2 (J'J)^-1.
NAME_errors <- function(goal, par, data) {
  observed <- NAME_observed(par, data)
  fitted <- NAME_rows(par, data, observed)
  residual <- observed - as.vector(fitted)
  free <- goal$free(par, goal$gr(par))
  jacobian <- attr(fitted, "gradient")[, free, drop = FALSE]
  size <- sqrt(colSums(jacobian^2))
  errors <- rep(NA_real_, length(par))
  degrees <- length(residual) - sum(free)
  if (any(free) && degrees > 0L && all(is.finite(jacobian)) && all(size > 0)) {
    factors <- qr(jacobian / rep(size, each = nrow(jacobian)), tol = 1e-12)
    if (factors$rank == sum(free)) {
      place <- order(factors$pivot)
      inverse <- diag(chol2inv(qr.R(factors)))[place]
      errors[free] <- sqrt(inverse * sum(residual^2) / degrees) / size
    }
  }
  structure(errors, df = degrees)
}
"""

NLS = """\
# By nls(): Gauss and Newton, then PORT twice, then Gauss and Newton from where PORT ended.
NAME_nls <- function(goal, start, data) {
  @OBSERVE@ <- NAME_observed(start, data)
  @PREDICT@ <- function(...) {
    par <- c(...)
    goal$note(par)
    NAME_rows(par, data, @OBSERVE@)
  }
  formula <- @OBSERVE@ ~ @PREDICT@(@PARAMETERS@)
  @OBSERVE@ <- rep_len(@OBSERVE@, length(NAME_rows(start, data, @OBSERVE@)))
  gauss <- stats::nls.control(maxiter = 500L, tol = 1e-8, minFactor = 2^-40, warnOnly = TRUE)
  # Data without noise leave residuals of rounding alone, which nothing can be relative to.
  if ("scaleOffset" %in% names(gauss)) gauss$scaleOffset <- 1e-7 * sqrt(mean(@OBSERVE@^2))
  port <- list(maxiter = 1000L, eval.max = 5000L, rel.tol = 1e-12, warnOnly = TRUE)
  attempt <- function(from, algorithm) {
    from <- NAME_parameters(from)
    tryCatch(if (algorithm == "port") {
      stats::nls(formula, start = from, control = port, algorithm = "port",
        lower = goal$lower, upper = goal$upper)
    } else {
      stats::nls(formula, start = from, control = gauss)
    }, error = conditionMessage)
  }
  estimates <- function(fit) unname(stats::coef(fit))
  # The objective of what is a fit, inside of the bounds, and Inf of what is none.
  value <- function(fit) {
    if (is.character(fit)) return(Inf)
    par <- estimates(fit)
    sound <- all(is.finite(par)) && all(par >= goal$lower & par <= goal$upper)
    if (sound) stats::deviance(fit) else Inf
  }
  # An end within the tolerance that nls() has by default is one too.
  is_end <- function(fit) fit$convInfo$isConv ||
    is.null(fit$convergence) && isTRUE(fit$convInfo$finTol <= 1e-5)
  best <- NULL
  said <- NULL
  ways <- c("default", "port", "port", "default")
  for (k in if (goal$bounded) 2:4 else 1:4) {
    # Where Gauss and Newton stop without arriving is no place to go on from, but PORT's end is.
    fit <- attempt(if (is.null(best) || k == 2L) start else estimates(best), ways[[k]])
    said <- c(said, if (is.character(fit)) fit else fit$convInfo$stopMessage)
    if (!is.finite(value(fit))) next
    # At the end of rounding one may be higher than the other.
    if (is.null(best) || value(fit) <= value(best) * (1 + 1e-9 * is_end(fit))) best <- fit
    if (is_end(fit) && ways[[k]] == "default") break
  }
  if (is.null(best)) return(list(par = start, message = said[[1]], claimed = FALSE))
  gauss[c("tol", "maxiter")] <- list(1e-10, 50L)
  fit <- attempt(estimates(best), "default")
  if (is.finite(value(fit)) && fit$convInfo$isConv && value(fit) <= value(best) * (1 + 1e-9))
    best <- fit
  list(par = estimates(best), message = best$convInfo$stopMessage,
    claimed = is_end(best), fit = best)
}
"""

ERRORS = """\
# Square roots of the diagonal of the inverse Hessian, for a negative log-likelihood.
NAME_errors <- function(goal, par, data) {
  errors <- rep(NA_real_, length(par))
  curved <- goal$curvature(par)
  if (!is.null(curved)) errors[curved$free] <- sqrt(diag(curved$inverse))
  errors
}
"""

FIT = """\
# Estimates in the order of NAME_model()$par; start may be a list by parameter, or a vector.
NAME_fit <- function(data, start = NULL, engine = @ENGINES@, lower = @LOWER@, upper = @UPPER@) {
  engine <- match.arg(engine)
  if (engine == "optimr" && !requireNamespace("optimx", quietly = TRUE))
    stop('optimr() needs the package optimx: install.packages("optimx")', call. = FALSE)
  began <- proc.time()[["elapsed"]]
  data <- NAME_data(data)
  model <- do.call(NAME_model, data)
  par <- NAME_start(model$par, start)
  goal <- NAME_goal(model, rep_len(lower, length(par)), rep_len(upper, length(par)))
  if (any(par < goal$lower | par > goal$upper))
    stop("start lies outside of the bounds", call. = FALSE)
  value <- suppressWarnings(goal$fn(par))
  if (!is.finite(value))
    stop("the objective is ", value, " at the starting values", call. = FALSE)
  found <- suppressWarnings(switch(engine,
@SWITCH@
  ))
  errors <- suppressWarnings(NAME_errors(goal, found$par, data))
  label <- names(model$par)
  list(par = stats::setNames(found$par, label), se = stats::setNames(as.vector(errors), label),
    se_kind = "@SE_KIND@", objective = goal$model$fn(found$par), counts = goal$counts,
    seconds = proc.time()[["elapsed"]] - began, message = found$message,
    claimed = found$claimed, path = goal$trail(),
    df = attr(errors, "df"), fit = found$fit)
}
"""

START = """\
# The model's starting values with those that are given.
NAME_start <- function(par, start) {
  given <- NAME_parameters(seq_along(par))
  for (name in names(start)) {
    place <- if (name %in% names(given)) given[[name]] else match(name, names(par))
    if (anyNA(place)) stop("there is no parameter ", name, call. = FALSE)
    if (length(start[[name]]) != length(place))
      stop("start has ", length(start[[name]]), " values for ", name, call. = FALSE)
    par[place] <- start[[name]]
  }
  if (is.null(names(start)) && length(start)) {
    if (length(start) != length(par))
      stop("start must have ", length(par), " elements", call. = FALSE)
    par[] <- unlist(start)
  }
  if (anyNA(par)) {
    missing <- paste(names(par)[is.na(par)], collapse = ", ")
    stop("no starting value for ", missing, call. = FALSE)
  }
  par
}
"""

TABLE = """\
# Estimates with their standard errors, as summary() of a fit shows them.
NAME_table <- function(fit) {
  ratio <- fit$par / fit$se
  table <- cbind(Estimate = fit$par, `Std. Error` = fit$se, `@RATIO@ value` = ratio,
    `Pr(>|@RATIO@|)` = @TAIL@)
  if (all(is.na(fit$se))) table[, 1, drop = FALSE] else table
}
"""

PROGRAM = """\
if (!interactive() && sys.nframe() == 0L) local({
  given <- commandArgs(TRUE)
  if (!length(given))
    stop("usage: Rscript NAME_fit.R DATA [ENGINE] [parameter=value ...]", call. = FALSE)
  pairs <- grepl("=", given)
  pairs[[1]] <- FALSE
  start <- as.list(as.numeric(sub("^.*=", "", given[pairs])))
  names(start) <- sub("=[^=]*$", "", given[pairs])
  engine <- c(given[!pairs], "@ENGINE@")[[2]]
  fit <- NAME_fit(given[[1]], start, engine)
  stats::printCoefmat(NAME_table(fit), digits = 8L, signif.stars = FALSE, na.print = "")
  cat("\\nobjective ", format(fit$objective, digits = 10L), "; ", fit$message, "\\n", sep = "")
})
"""
