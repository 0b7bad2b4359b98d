# Teaches reticulate to return R code that gradc emitted as what it defines: R functions.
# gradc$bridge$r() reads this file by itself; where it cannot, source(gradc$bridge$r_helper) does.
registerS3method(
  "py_to_r", "gradc.bridge.emitted.EmittedR",
  function(x) {
    program <- new.env(parent = globalenv())
    eval(parse(text = x$text, keep.source = FALSE), program)
    found <- lapply(x$names, get, envir = program, mode = "function", inherits = FALSE)
    names(found) <- x$roles
    found
  },
  envir = asNamespace("reticulate")
)
