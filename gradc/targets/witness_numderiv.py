"""numDeriv beside an emitted file of R: numerical derivatives of the values that it computes.

The file is the emitted one, with two functions more: the gradient by numDeriv as it is called
by default, and reports of what it gives with fewer steps, which tell its error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit.layout import wrap

FEWER: Mapping[str, int] = {"three steps": 3, "two steps": 2}
"""Reports of the gradient from fewer steps: their names, and from how many."""

LARGEST = "largest value"
"""The report of the largest size of the value at the first step of each parameter."""

_TEXT = """
{name}_numderiv_value <- function(arguments, count) {{
  given <- arguments[seq_len(count)]
  shapes <- lapply(given, dim)
  sizes <- lengths(given)
  function(par) {{
    pieces <- split(par, rep(seq_along(sizes), sizes))
    for (i in seq_along(given)) {{
      piece <- pieces[[i]]
      if (!is.null(shapes[[i]])) dim(piece) <- shapes[[i]]
      arguments[[i]] <- piece
    }}
    as.vector(do.call({name}, c(arguments, list(order = 0L))))
  }}
}}

{name}_numderiv_by <- function(arguments, count, steps) {{
  if (!requireNamespace("numDeriv", quietly = TRUE))
    stop("this witness needs the package numDeriv: it differentiates numerically")
  value <- {name}_numderiv_value(arguments, count)
  par <- unlist(arguments[seq_len(count)])
  numDeriv::jacobian(value, par, method.args = list(r = steps))
}}

{name}_numderiv_largest <- function(arguments, count) {{
  value <- {name}_numderiv_value(arguments, count)
  par <- unlist(arguments[seq_len(count)])
  # The first step of numDeriv, as it is by default.
  first <- 1e-4 * abs(par) + 1e-4 * (abs(par) < sqrt(.Machine$double.eps / 7e-7))
  sizes <- lapply(seq_along(par), function(i) {{
    step <- replace(numeric(length(par)), i, first[i])
    pmax(abs(value(par + step)), abs(value(par - step)))
  }})
  do.call(cbind, sizes)
}}

{name}_numderiv_columns <- function(given, names) {{
  unlist(Map(function(x, name) {{
    if (!is.null(dim(x)))
      sprintf("%s[%d,%d]", name, as.integer(row(x)), as.integer(col(x)))
    else if (name %in% {vectors}) sprintf("%s[%d]", name, seq_along(x))
    else name
  }}, given, names))
}}
"""


def numderiv_text(
    emitted: str, name: str, params: Sequence[str], data: Sequence[str], vectors: Sequence[str]
) -> str:
    """The file of R that has ``NAME_numderiv`` and its reports, for an emitted file of R."""
    quoted = ", ".join(f'"{one}"' for one in vectors)
    arguments = ", ".join([*params, *data])
    listed = ", ".join(f"{one} = {one}" for one in [*params, *data])
    names = ", ".join(f'"{one}"' for one in params)
    lines = [f"{name}_numderiv <- function({arguments}) {{"]
    lines += wrap(f"arguments_ <- list({listed})", 2)
    lines += [
        f"  value_ <- as.vector({name}({', '.join([*params, *data, '0L'])}))",
        f"  gradient_ <- {name}_numderiv_by(arguments_, {len(params)}L, 4L)",
        f"  columns_ <- {name}_numderiv_columns(arguments_[seq_len({len(params)})], c({names}))",
        "  dimnames(gradient_) <- list(NULL, columns_)",
        "  structure(value_, gradient = gradient_)",
        "}",
        "",
        f"{name}_numderiv_report <- function({arguments}) {{",
    ]
    lines += wrap(f"arguments_ <- list({listed})", 2)
    by = f"{name}_numderiv_by(arguments_, {len(params)}L"
    parts = [f'"{label}" = {by}, {steps}L)' for label, steps in FEWER.items()]
    parts.append(f'"{LARGEST}" = {name}_numderiv_largest(arguments_, {len(params)}L)')
    lines += [f"  list({parts[0]},", *(f"       {part}," for part in parts[1:])]
    lines[-1] = lines[-1].removesuffix(",") + ")"
    text = _TEXT.format(name=name, vectors=f"c({quoted})" if quoted else "character()")
    return "\n".join([emitted.rstrip(), text.rstrip(), "", *lines, "}"]) + "\n"
