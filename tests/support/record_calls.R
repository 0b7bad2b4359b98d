# Runs scripts as they are and writes down what the model of each must be.
#
# Reads cases.json, writes answers.json. Each script runs in an environment of its own, whose
# parent has functions in place of the optimisers, nls, deriv, deriv3, D and eval. They do what
# R's do, and note first what they are given: the parameters, the start, and at a few points the
# value and the gradient. deriv brings its gradient along; elsewhere it is numDeriv's.

hooks <- new.env(parent = globalenv())
state <- new.env()

# The package, the argument that is the start, and the one that is the function.
OPTIMISERS <- list(
  optim = c("stats", "par", "fn"), optimHess = c("stats", "par", "fn"),
  constrOptim = c("stats", "theta", "f"), nlm = c("stats", "p", "f"),
  nlminb = c("stats", "start", "objective"),
  optimize = c("stats", NA, "f"), optimise = c("stats", NA, "f"),
  optimx = c("optimx", "par", "fn"), optimr = c("optimx", "par", "fn"),
  opm = c("optimx", "par", "fn"), grad = c("numDeriv", "x", "func"),
  hessian = c("numDeriv", "x", "func"), jacobian = c("numDeriv", "x", "func")
)

# What an objective calls while an optimiser runs it makes no model.
quietly <- function(code) {
  before <- state$quiet
  on.exit(state$quiet <- before)
  state$quiet <- TRUE
  force(code)
}

sizes_of <- function(par, fallback) {
  names <- names(par)
  named <- !is.null(names) && all(nzchar(names)) && !anyDuplicated(names)
  if (named) lapply(par, length) else setNames(list(length(par)), fallback)
}

# `ask` gives a list of value and gradient at a vector.
add_call <- function(kind, sizes, start, ask, exact, more = list()) {
  moved <- start + 0.03 * (1 + abs(start)) * rep_len(c(1, -1), length(start))
  points <- lapply(c(list(start, moved), more), function(p) {
    found <- tryCatch(ask(p), error = function(e) list(value = NaN, gradient = NaN))
    lapply(c(list(at = p), found), function(x) as.list(as.numeric(x)))
  })
  call <- list(kind = kind, sizes = sizes, exact = exact, points = points)
  state$calls[[length(state$calls) + 1]] <- call
}

by_differences <- function(f) function(p) {
  gradient <- tryCatch(numDeriv::grad(f, p), error = function(e) NaN)  # it minds infinities
  list(value = f(p), gradient = gradient)
}

# ------------------------------------------------------------------ optimisers and nls

add_objective <- function(name, spec, real, given) {
  matched <- as.list(match.call(real, as.call(c(quote(f), given))))[-1]
  fn <- match.fun(matched[[spec[3]]])
  par <- if (is.na(spec[2])) unlist(state$case$at) else matched[[spec[2]]]
  if (is.na(spec[2])) names(par) <- NULL
  handed_on <- matched[!(names(matched) %in% names(formals(real)))]
  f <- function(p) {
    par[] <- p
    as.numeric(do.call(fn, c(list(par), handed_on)))
  }
  first <- names(formals(fn))[1]
  sizes <- sizes_of(par, if (identical(first, "...")) "par" else first)
  add_call(name, sizes, as.numeric(unlist(par)), by_differences(f), FALSE, state$case$also)
}

for (name in names(OPTIMISERS)) local({
  name <- name
  spec <- OPTIMISERS[[name]]
  assign(name, envir = hooks, function(...) {
    real <- getExportedValue(spec[1], name)
    given <- list(...)
    if (!state$quiet) quietly(add_objective(name, spec, real, given))
    quietly(do.call(real, given))
  })
})

assign("::", envir = hooks, function(pkg, name) {
  name <- as.character(substitute(name))
  hook <- get0(name, envir = hooks, inherits = FALSE)
  if (is.null(hook)) getExportedValue(as.character(substitute(pkg)), name) else hook
})

add_nls <- function(formula, data, start) {
  f <- function(p) {
    values <- if (is.list(start)) utils::relist(p, start) else setNames(p, names(start))
    among <- c(as.list(values), if (!is.environment(data)) as.list(data))
    side <- function(k) base::eval(formula[[k]], among, environment(formula))
    sum((side(2) - side(3))^2)
  }
  add_call("nls", lapply(start, length), as.numeric(unlist(start)), by_differences(f), FALSE)
}

hooks$nls <- function(formula, data = parent.frame(), start, ...) {
  asked <- match.call()
  asked[[1]] <- quote(getExportedValue("stats", "nls"))
  where <- parent.frame()
  # Where the formula is written as text it belongs to the script, as for the real nls.
  formula <- base::eval(call("as.formula", formula), where)
  if (!state$quiet && !missing(start)) quietly(add_nls(formula, data, start))
  quietly(base::eval(asked, where))
}

# ------------------------------------------------------------------ deriv, D and eval

add_derivative <- function(entry, where) {
  start <- vapply(entry$names, function(n) as.numeric(get(n, envir = where)), 0)
  ask <- function(p) {
    inner <- list2env(as.list(setNames(p, entry$names)), parent = where)
    value <- base::eval(entry$code, inner)
    list(value = value, gradient = attr(value, "gradient"))
  }
  add_call(entry$kind, sizes_of(setNames(start, entry$names)), unname(start), ask, TRUE)
}

for (name in c("deriv", "deriv3")) local({
  name <- name
  assign(name, envir = hooks, function(expr, namevec, ...) {
    made <- getExportedValue("stats", name)(expr, namevec, ...)
    if (is.function(made) && identical(environment(made), globalenv()))
      environment(made) <- parent.frame()
    if (state$quiet) return(made)
    code <- if (is.function(made)) body(made) else made
    at <- length(state$derivatives) + 1
    state$derivatives[[at]] <- list(kind = name, code = code, names = namevec, seen = FALSE)
    watch <- function(code) {
      note_evaluation(at, parent.frame())
      code
    }
    if (is.function(made)) body(made) <- as.call(list(watch, body(made)))
    made
  })
})

note_evaluation <- function(at, where) {
  if (state$quiet) return()
  quietly(add_derivative(state$derivatives[[at]], where))
  state$derivatives[[at]]$seen <- TRUE
}

hooks$D <- function(expr, name) {
  code <- stats::D(expr, name)
  results <- lapply(state$differentiated, `[[`, "code")
  if (is.expression(expr)) expr <- expr[[1]]
  known <- any(vapply(results, identical, NA, expr))
  if (!state$quiet && !known) {
    entry <- list(expr = expr, name = name, code = code, where = NULL)
    state$differentiated[[length(state$differentiated) + 1]] <- entry
  }
  code
}

hooks$eval <- function(expr, envir = parent.frame(),
                       enclos = if (is.list(envir)) parent.frame() else baseenv()) {
  force(expr)
  if (!state$quiet) {
    where <- if (is.list(envir)) list2env(as.list(envir), parent = enclos) else envir
    for (at in seq_along(state$derivatives))
      if (identical(expr, state$derivatives[[at]]$code)) note_evaluation(at, where)
    for (at in seq_along(state$differentiated)) {
      same <- identical(expr, state$differentiated[[at]]$code)
      if (same) state$differentiated[[at]]$where <- where
    }
  }
  base::eval(expr, envir, enclos)
}

# D makes a model of what it differentiates where a script has no other.
add_differentiated <- function(where) {
  if (!length(state$differentiated)) return()
  last <- state$differentiated[[length(state$differentiated)]]
  if (!is.null(last$where)) where <- last$where
  of_last <- Filter(function(entry) identical(entry$expr, last$expr), state$differentiated)
  names <- unique(vapply(of_last, `[[`, "", "name"))
  start <- vapply(names, function(n) as.numeric(get(n, envir = where)), 0)
  ask <- function(p) {
    inner <- list2env(as.list(setNames(p, names)), parent = where)
    value <- base::eval(last$expr, inner)
    gradient <- lapply(names, function(n) {
      rep_len(base::eval(stats::D(last$expr, n), inner), length(value))
    })
    list(value = value, gradient = unlist(gradient))
  }
  add_call("D", sizes_of(start), unname(start), ask, TRUE)
}

# ------------------------------------------------------------------ one script

run_case <- function(case) {
  state$case <- case
  state$quiet <- FALSE
  state$calls <- state$derivatives <- state$differentiated <- list()
  script <- new.env(parent = hooks)
  attached <- search()
  problem <- tryCatch({
    utils::capture.output(suppressMessages(
      source(case$file, local = script, print.eval = TRUE, encoding = "UTF-8")
    ))
    state$quiet <- TRUE
    told <- list2env(case$at, parent = script)
    for (entry in state$derivatives) {
      valued <- vapply(entry$names, exists, NA, envir = told, mode = "numeric")
      if (!entry$seen && all(valued)) add_derivative(entry, told)
    }
    if (!length(state$calls)) add_differentiated(told)
    NULL
  }, error = conditionMessage)
  for (name in setdiff(search(), attached)) detach(name, character.only = TRUE)
  data <- lapply(mget(case$data, envir = script), function(x) as.list(as.numeric(x)))
  list(problem = problem, calls = state$calls, data = data)
}

options(warn = -1)
pdf(NULL)
cases <- jsonlite::read_json("cases.json")
answers <- lapply(cases, function(case) {
  case$also <- lapply(case$also, unlist)
  case$data <- as.character(unlist(case$data))
  run_case(case)
})
text <- jsonlite::toJSON(answers, digits = NA, auto_unbox = TRUE, na = "string", null = "null")
writeLines(text, "answers.json")
