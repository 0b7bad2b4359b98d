# A user's script of R, run for the gradient doctor. This code is gradc's own and constant.
#
# The value is a list of the steps of a session. The script's expressions are evaluated one by one
# in the global environment; optimisers are masked by functions that note what they were given,
# and then call the real ones.

# How long the script may take, and one call of a function of it.
RUN_SECONDS <- 60; CALL_SECONDS <- 15
within <- function(seconds, expr) {
  setTimeLimit(elapsed = seconds)
  on.exit(setTimeLimit(elapsed = Inf))
  expr
}
closures <- list(); frames <- list(); records <- list(); pairs <- list()
noted_uses <- character()

# ---- running
optimisers <- list(
  optim = c("stats", "par", "fn", "gr"), nlminb = c("stats", "start", "objective", "gradient"),
  nlm = c("stats", "p", "f", ""), constrOptim = c("stats", "theta", "f", "grad"),
  optimHess = c("stats", "par", "fn", "gr"),
  optimr = c("optimx", "par", "fn", "gr"), optimx = c("optimx", "par", "fn", "gr"),
  opm = c("optimx", "par", "fn", "gr"), Rvmmin = c("optimx", "par", "fn", "gr"),
  Rcgmin = c("optimx", "par", "fn", "gr"), ucminf = c("ucminf", "par", "fn", "gr"),
  spg = c("BB", "par", "fn", "gr"), BBoptim = c("BB", "par", "fn", "gr"),
  maxLik = c("maxLik", "start", "logLik", "grad"), maxNR = c("maxLik", "start", "fn", "grad"),
  maxBFGS = c("maxLik", "start", "fn", "grad"),
  nloptr = c("nloptr", "x0", "eval_f", "eval_grad_f"),
  lbfgs = c("lbfgs", "vars", "call_eval", "call_grad"))
masks <- new.env()
# What the call itself says for a function: a name, or obj$fn.
word <- function(real, call, role) {
  said <- tryCatch(as.list(match.call(real, call))[[role]], error = function(e) NULL)
  if (is.symbol(said)) return(as.character(said))
  short <- is.call(said) && as.character(said[[1]])[1] %in% c("$", "[[", "@")
  if (short) paste(deparse(said), collapse = " ") else ""
}
note <- function(name, roles, real, arguments, said) {
  call <- match.call(real, as.call(c(list(as.name("f")), arguments)))
  given <- as.list(call)[-1]
  own <- names(formals(real))
  by <- names(given)
  if (is.null(by)) by <- rep("", length(given))
  f <- given[[roles[3]]]
  g <- if (nzchar(roles[4])) given[[roles[4]]]
  if (is.character(f)) f <- get(f, envir = globalenv(), mode = "function")
  if (is.character(g) && length(g) == 1) g <- get0(g, envir = globalenv(), mode = "function")
  if (!is.function(f)) return()
  for (r in records) if (same(r$f, f) && same(r$g, g)) return()
  if (length(records) >= 20) return()
  rest <- given[!(by %in% own) | by == ""]
  words <- c(word(real, said, roles[3]), if (nzchar(roles[4])) word(real, said, roles[4]) else "")
  record <- list(words = words, callee = name, f = f, g = if (is.function(g)) g, start = given[[roles[2]]],
                 rest = rest)
  records[[length(records) + 1]] <<- record
}
mask <- function(name, roles) {
  force(name); force(roles)
  function(...) {
    real <- if (roles[1] == "stats") getExportedValue("stats", name) else
      if (requireNamespace(roles[1], quietly = TRUE)) getExportedValue(roles[1], name) else
        get(name, envir = globalenv(), mode = "function")
    call <- sys.call()
    tryCatch(note(name, roles, real, list(...), call), error = function(e) NULL)
    real(...)
  }
}
for (name in names(optimisers)) assign(name, mask(name, optimisers[[name]]), envir = masks)
assign("::", function(pkg, name) {
  pkg <- as.character(substitute(pkg)); name <- as.character(substitute(name))
  roles <- optimisers[[name]]
  if (!is.null(roles) && roles[1] == pkg) return(get(name, envir = masks))
  getExportedValue(pkg, name)
}, envir = masks)
stopped <- function(...) stop("the script quits here")
assign("quit", stopped, envir = masks); assign("q", stopped, envir = masks)
in_front <- function() {
  if (!identical(search()[2], "gradc:masks")) {
    if ("gradc:masks" %in% search()) detach("gradc:masks", character.only = TRUE)
    attach(masks, name = "gradc:masks", pos = 2, warn.conflicts = FALSE)
  }
}
defines <- function(e) {
  is.call(e) && length(e) == 3 && as.character(e[[1]])[1] %in% c("<-", "=", "<<-") &&
    is.call(e[[3]]) && identical(e[[3]][[1]], as.name("function"))
}

run <- function(path) {
  setwd(dirname(path))
  options(keep.source = TRUE, warn = 1, device = function(...) grDevices::pdf(NULL))
  expressions <- parse(path, keep.source = TRUE, encoding = "UTF-8")
  lines <- vapply(attr(expressions, "srcref"), function(ref) as.double(ref[1]), 1)
  failure <- ""; failed <- 0; began <- proc.time()[["elapsed"]]
  for (k in seq_along(expressions)) {
    e <- expressions[[k]]
    if (!defines(e)) noted_uses <<- union(noted_uses, all.names(e))
    if (nzchar(failure) && !defines(e)) next
    in_front()
    left <- max(1, RUN_SECONDS - (proc.time()[["elapsed"]] - began))
    said <- tryCatch({ within(left, eval(e, globalenv())); "" }, error = function(c) paste0(conditionMessage(c), " "))
    if (nzchar(said) && !nzchar(failure)) { failure <- said; failed <- lines[k] }
  }
  in_front()
  names <- Filter(function(n) is.function(get0(n, envir = globalenv())), ls(globalenv()))
  own <- lapply(names, function(n) get(n, envir = globalenv()))
  keep <- !vapply(own, is.primitive, NA)
  names <- names[keep]; own <- own[keep]
  for (f in own) register(f)
  number <- function(f) if (is.null(f)) 0 else as.double(register(f))
  told <- lapply(records, function(r) list(callee = r$callee, words = r$words, f = number(r$f), g = number(r$g)))
  list(version = as.character(getRversion()), failure = trimws(failure), line = failed,
       uses = noted_uses, records = told,
       names = as.character(names), ids = vapply(own, function(f) as.double(register(f)), 1),
       functions = lapply(closures, function(f) list(
         formals = as.character(names(formals(f))), uses = as.character(calls_of(f)),
         optional = as.character(names(Filter(function(x) !identical(x, quote(expr = )), as.list(formals(f))))),
         place = place(f))))
}

# ---- pairs
quietly <- function(expr) withCallingHandlers(expr, warning = function(w) invokeRestart("muffleWarning"))
answer <- function(value, is_attribute) {
  if (is_attribute) {
    rows <- length(value)
    value <- attr(value, "gradient")
    # Of a value with rows the sum is what is minimised.
    if (rows > 1 && is.matrix(value) && nrow(value) == rows) value <- colSums(value)
  }
  if (is.null(value)) stop("the result has no gradient")
  shape <- dim(value)
  kind <- if (is.list(value)) "list" else if (!is.null(shape)) "matrix" else "vector"
  labels <- names(value)
  if (is.list(value)) value <- unlist(lapply(value, as.vector), use.names = FALSE)
  if (!is.numeric(value) && !is.logical(value)) stop("a result is of class ", class(value)[1], ", not a number")
  list(kind = kind, shape = as.double(shape), names = as.character(labels), value = as.double(value))
}
rebuilt <- function(template, flat) {
  at <- 0
  fill <- function(x) {
    if (is.list(x)) { x[] <- lapply(x, fill); return(x) }
    n <- length(x); storage.mode(x) <- "double"
    x[] <- flat[at + seq_len(n)]; at <<- at + n
    x
  }
  fill(template)
}
flat <- function(x) as.double(unlist(x, use.names = FALSE))
attempt <- function(expr) tryCatch(within(CALL_SECONDS, quietly(expr)), error = function(c) {
  structure(list(message = conditionMessage(c)), class = "gradc_failed") })
failed <- function(x) inherits(x, "gradc_failed")

# The arguments of a function beside its parameters: as given, or the script's variable.
others <- function(f, wrt, given) {
  formals <- formals(f)
  for (name in setdiff(names(formals), c(wrt, "...", names(given)))) {
    value <- get0(name, envir = globalenv(), inherits = FALSE)
    if (!is.null(value)) given[[name]] <- value
  }
  given
}
invoke <- function(pair, what, start) {
  f <- if (what == "f") pair$f else pair$g
  first <- rebuilt(pair$start, start)
  rest <- if (what == "f") pair$rest else pair$rest_g
  do.call(f, c(if (what == "f") first else pair$order_g(first), rest), quote = TRUE)
}

# The parts of a list that are derivatives, by the arguments that they are named after.
picked <- function(x, formals) {
  if (!is.list(x) || is.null(names(x))) return(NULL)
  bare <- gsub("^(d|grad|g|gradient|delta)[._]?(?=.)|[._]?(grad|gradient|deriv)$", "", names(x), perl = TRUE)
  bare[names(x) %in% formals] <- names(x)[names(x) %in% formals]
  kept <- bare %in% formals & !duplicated(bare)
  structure(x[kept], names = bare[kept])
}

# Which argument are the parameters: the one that has no value yet, or as many elements as the
# gradient, else the first.
chosen <- function(fn, gr, formals, given) {
  needed <- Filter(function(n) identical(formals(fn)[[n]], quote(expr = )), setdiff(formals, "..."))
  for (name in setdiff(needed, names(given))) {
    value <- get0(name, envir = globalenv(), inherits = FALSE)
    if (!is.null(value) && !is.function(value)) given[[name]] <- value
  }
  open <- setdiff(needed, names(given))
  if (length(needed) < 2) return(formals[1])
  if (length(open) > 1) {
    trial <- c(given, structure(as.list(rep(0.5, length(open))), names = open))
    raw <- attempt(answer(do.call(gr, unname(trial[needed]), quote = TRUE), FALSE))
    all <- !failed(raw) && length(raw$value) == length(open) && !anyNA(raw$value)
    return(if (all) open else formals[1])
  }
  raw <- attempt(do.call(gr, given[intersect(needed, names(formals(gr)))], quote = TRUE))
  parts <- picked(raw, needed)
  if (length(parts)) return(names(parts))
  if (length(open) == 1) return(open)
  own <- attempt(answer(do.call(gr, unname(given[needed]), quote = TRUE), FALSE))
  named <- attempt(answer(do.call(gr, given[intersect(needed, names(formals(gr)))], quote = TRUE), FALSE))
  for (found in list(named, own)) if (!failed(found)) {
    fits <- Filter(function(n) length(flat(given[[n]])) == length(found$value), needed)
    if (length(fits)) return(fits[1])
    single <- Filter(function(n) length(flat(given[[n]])) == 1, needed)
    if (length(single) > 1 && length(single) == length(found$value)) return(single)
  }
  formals[1]
}

chosen_parts <- function(pair, value) {
  parts <- picked(value, pair$wrt)
  if (length(parts) == length(pair$wrt)) parts[pair$wrt] else value
}

make <- function(f, g, record, wrt, named_at) {
  fn <- closures[[f]]; gr <- if (g > 0) closures[[g]] else fn
  formals <- names(formals(fn))
  if (record > 0) {
    r <- records[[record]]
    start <- list(r$start); rest <- r$rest; rest_g <- r$rest
    wrt <- formals[1]
    order_g <- unname
  } else {
    if (!length(wrt)) wrt <- chosen(fn, gr, formals, named_at)
    rest <- others(fn, wrt, list())
    for (name in names(named_at)) if (name %in% formals && !(name %in% wrt)) rest[[name]] <- named_at[[name]]
    own <- names(formals(gr))
    # Arguments go by name, and where the names differ by place.
    left <- setdiff(own, c(formals, "..."))
    spare <- setdiff(formals, c(own, "..."))
    meant <- own[own != "..."]
    for (k in seq_along(left)) if (k <= length(spare)) meant[meant == left[k]] <- spare[k]
    names(meant) <- own[own != "..."]
    rest_g <- list()
    for (name in names(meant)) {
      if (meant[[name]] %in% wrt) next
      if (meant[[name]] %in% names(rest)) rest_g[[name]] <- rest[[meant[[name]]]]
    }
    rest_g <- others(gr, names(meant)[meant %in% wrt], rest_g)
    order_g <- function(first) {
      kept <- meant[meant %in% wrt]
      structure(first[match(kept, wrt)], names = names(kept))
    }
    start <- list()
    for (name in wrt) {
      value <- named_at[[name]]
      if (is.null(value)) value <- get0(name, envir = globalenv(), inherits = FALSE)
      if (is.function(value)) value <- NULL
      start[name] <- list(value)
    }
  }
  pair <- list(f = fn, g = gr, start = start, rest = rest, rest_g = rest_g, order_g = order_g,
               is_attribute = g == 0, wrt = wrt)
  if (any(vapply(start, is.null, NA))) pair <- probed(pair)
  at <- flat(pair$start)
  value <- attempt({
    value <- invoke(pair, "f", at)
    if (is.function(value)) stop("it gives a function and no number")
    flat(value)
  })
  own <- attempt(answer(chosen_parts(pair, invoke(pair, "g", at)), pair$is_attribute))
  pairs[[length(pairs) + 1]] <<- pair
  named <- function(x) list(names = if (is.null(names(x))) rep("", length(x)) else names(x),
                            values = unname(lapply(x, describe)))
  start <- named(pair$start); start$names <- wrt
  rest <- named(pair$rest); rest_g <- named(pair$rest_g)
  list(id = as.double(length(pairs)), start = start, rest = rest, rest_g = rest_g,
       f = as.double(register(fn)), g = as.double(register(gr)),
       formals = as.character(formals), formals_g = as.character(names(formals(gr))),
       wrt_g = as.character(if (record > 0) names(formals(gr))[1] else names(pair$order_g(pair$start))),
       length = if (failed(value)) -1 else as.double(length(value)),
       failure = if (failed(value)) value$message else "",
       failure_g = if (failed(own)) own$message else "",
       kind = if (failed(own)) "" else own$kind,
       shape = if (failed(own)) NULL else own$shape,
       names = if (failed(own)) character() else own$names,
       read = closure_of(c(register(fn), register(gr))))
}
# A start that nothing tells: the shortest vector that both functions take without complaint,
# else the shortest that the function itself takes.
probed <- function(pair) {
  sizes <- unique(c(1, unlist(lapply(c(pair$rest, as.list(globalenv())), function(x)
    if (length(dim(x)) == 2) c(dim(x)[2], dim(x)[2] + 1))), 2:12))
  began <- proc.time()[["elapsed"]]
  started <- function(n) {
    pair$start <- lapply(pair$start, function(x)
      if (is.null(x)) seq(0.3, 0.9, length.out = n) else x)
    pair
  }
  fits <- function(trial, both) {
    at <- flat(trial$start)
    value <- flat(invoke(trial, "f", at))
    if (!length(value) || anyNA(value)) return(FALSE)
    if (!both) return(TRUE)
    own <- answer(invoke(trial, "g", at), trial$is_attribute)$value
    !anyNA(own) && length(own) == length(at)
  }
  for (both in c(TRUE, FALSE)) for (n in sizes[sizes <= 1000]) {
    if (proc.time()[["elapsed"]] - began > CALL_SECONDS) break
    trial <- started(n)
    ok <- tryCatch(within(3, fits(trial, both)), error = function(e) FALSE,
                   warning = function(w) FALSE)
    if (isTRUE(ok)) return(trial)
  }
  started(1)
}
evaluate <- function(id, points, composed) {
  pair <- pairs[[id]]
  lapply(seq_len(ncol(points)), function(k) {
    at <- points[, k]
    f <- attempt(flat(invoke(pair, "f", at)))
    g <- attempt(answer(chosen_parts(pair, invoke(pair, "g", at)), pair$is_attribute))
    h <- if (composed && !failed(f)) attempt(answer(invoke(pair, "g", f), pair$is_attribute))
    list(value = if (failed(f)) NULL else f, failure = if (failed(f)) f$message else "",
         gradient = if (failed(g)) NULL else g$value, failure_g = if (failed(g)) g$message else "",
         composed = if (is.null(h) || failed(h)) NULL else h$value)
  })
}
list(run = run, make = make, evaluate = evaluate)
