# What a session of R holds, told so that gradc can read it. This code is gradc's own and constant;
# it stands in front of session.R, which owns the lists of closures and of frames.

describe <- function(x, depth = 0) {
  if (is.null(x)) return(list(kind = "null"))
  if (is.function(x)) {
    if (is.primitive(x)) return(list(kind = "other", class = "primitive"))
    return(list(kind = "function", id = register(x)))
  }
  # A factor counts as its codes, as it does where it is an index.
  if (is.factor(x) && !anyNA(x)) {
    return(list(kind = "number", value = plain(as.integer(x)), names = character()))
  }
  if (is.factor(x) || inherits(x, "Date")) return(list(kind = "other", class = class(x)[1]))
  if (is.list(x) && length(x) <= 1000 && depth < 20) {
    return(list(kind = "list", frame = is.data.frame(x), names = as.character(names(x)),
                items = unname(lapply(unclass(x), describe, depth + 1))))
  }
  if (length(dim(x)) > 2 || !is.atomic(x) || length(x) > 2e6) {
    return(list(kind = "other", class = class(x)[1]))
  }
  if (is.character(x)) return(list(kind = "text", value = as.character(x), names = as.character(names(x))))
  if (is.logical(x) && length(x) == 1 && is.null(dim(x)) && !is.na(x)) {
    return(list(kind = "flag", value = isTRUE(as.logical(x))))
  }
  if (is.logical(x) && length(x) > 1 && is.null(dim(x)) && !anyNA(x)) {
    return(list(kind = "flags", value = as.logical(x), names = as.character(names(x))))
  }
  if (is.numeric(x) || is.logical(x)) {
    return(list(kind = "number", value = plain(x), names = as.character(names(x))))
  }
  list(kind = "other", class = class(x)[1])
}
plain <- function(x) {
  shape <- dim(x)
  x <- as.double(x)
  if (length(shape) == 2) dim(x) <- shape
  x
}

same <- function(x, y) identical(x, y, ignore.environment = FALSE, ignore.srcref = FALSE)
register <- function(f) {
  for (k in seq_along(closures)) if (same(closures[[k]], f)) return(k)
  closures[[length(closures) + 1]] <<- f
  length(closures)
}
frame_id <- function(e) {
  for (k in seq_along(frames)) if (identical(frames[[k]], e)) return(k)
  frames[[length(frames) + 1]] <<- e
  length(frames)
}
symbols_of <- function(f) {
  parts <- c(list(body(f)), Filter(function(x) !identical(x, quote(expr = )), as.list(formals(f))))
  unique(unlist(lapply(parts, all.names)))
}
# The names that a function may call: those in front of parentheses, and those that it hands on.
calls_of <- function(f) {
  heads <- character(); bound <- names(formals(f))
  pending <- list(body(f))
  while (length(pending)) {
    e <- pending[[1]]; pending <- pending[-1]
    if (!is.call(e)) next
    if (is.symbol(e[[1]])) heads <- c(heads, as.character(e[[1]]))
    if (as.character(e[[1]])[1] %in% c("<-", "=") && is.symbol(e[[2]])) {
      bound <- c(bound, as.character(e[[2]]))
    }
    parts <- Filter(function(x) is.call(x), as.list(e))
    pending <- c(pending, parts)
  }
  union(heads, setdiff(symbols_of(f), bound))
}
place <- function(f) {
  ref <- attr(f, "srcref")
  if (is.null(ref)) return(NULL)
  file <- attr(ref, "srcfile")$filename
  list(file = if (is.null(file)) "" else as.character(file), at = as.double(ref[1:4]))
}

# The text of a function that no file has. Of what deriv() made it is the value alone.
written <- function(f) {
  b <- body(f)
  if (is.call(b) && identical(b[[1]], as.name("{"))) {
    derived <- function(e) {
      if (!is.call(e) || !identical(e[[1]], as.name("<-"))) return(FALSE)
      any(c(".grad", ".hessian") %in% all.names(e[[2]])) ||
        (is.call(e[[2]]) && identical(e[[2]][[1]], as.name("attr")))
    }
    body(f) <- as.call(Filter(Negate(derived), as.list(b)))
  }
  paste(deparse(f), collapse = "\n")
}

# The functions that some functions need, and the variables that these look at.
closure_of <- function(ids) {
  done <- integer(); found <- list(); variables <- list()
  while (length(todo <- setdiff(ids, done))) {
    id <- todo[1]; done <- c(done, id)
    f <- closures[[id]]
    chain <- list(); e <- environment(f)
    while (!identical(e, emptyenv()) && !identical(e, globalenv()) && !isNamespace(e) &&
           length(chain) < 20) { chain <- c(chain, list(e)); e <- parent.env(e) }
    if (!isNamespace(e)) chain <- c(chain, list(globalenv()))
    where <- vapply(chain, frame_id, 1L)
    for (name in symbols_of(f)) {
      for (k in seq_along(chain)) {
        if (!exists(name, envir = chain[[k]], inherits = FALSE)) next
        key <- paste(where[k], name)
        if (is.null(variables[[key]])) {
          value <- tryCatch(describe(get(name, envir = chain[[k]], inherits = FALSE)),
                            error = function(e) list(kind = "other", class = "unknown"))
          variables[[key]] <- list(frame = where[k], name = name, value = value)
        }
        break
      }
      if (!any(vapply(chain, function(e) exists(name, envir = e, inherits = FALSE), NA)) &&
          length(chain)) {
        value <- get0(name, envir = globalenv())
        own <- exists(name, envir = baseenv())
        if (!is.null(value) && !is.function(value) && !own) {
          k <- where[length(where)]
          variables[[paste(k, name)]] <- list(frame = k, name = name, value = describe(value))
        }
      }
    }
    inside <- function(v) switch(v$kind, `function` = v$id,
                                 list = unlist(lapply(v$items, inside)), NULL)
    ids <- union(ids, unlist(lapply(variables, function(v) inside(v$value))))
    found[[length(found) + 1]] <- list(
      id = id, frames = as.double(where), place = place(f), formals = as.character(names(formals(f))),
      text = if (is.null(attr(f, "srcref"))) written(f) else "")
  }
  list(functions = found, variables = unname(variables))
}
