"""Runs R functions that a user wrote; started by :mod:`gradc.run.child`.

Here, and only here, R evaluates text that is not gradc's: that is what the caller asks for. The
text still travels as a character vector, and every number as a numeric vector.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from gradc.run.host_r import HostedR, named
from gradc.run.wire import Tensor
from gradc.run.worker import serve, write_files

_FOUND = """
function() {
  options(warn = -1, keep.source = FALSE)
  c(as.character(getRversion()), R.version$platform)
}
"""

# A name is looked up, in the files first; anything else is evaluated, and its last value counts.
_LOAD = """
function(folder, sources, value, gradient, ordered) {
  setwd(folder)
  program <- new.env(parent = globalenv())
  for (path in sources) {
    source(path, local = program, chdir = TRUE, echo = FALSE, encoding = "UTF-8",
      keep.source = FALSE)
  }
  made <- function(text, what) {
    found <- NULL
    for (one in parse(text = text, keep.source = FALSE)) {
      found <- if (is.name(one)) get(as.character(one), envir = program, mode = "function")
        else eval(one, program)
    }
    if (!is.function(found)) stop(what, " is of class ", class(found)[1], ", not a function")
    found
  }
  parameters <- function(f) {
    all <- as.list(formals(args(f)))
    all <- all[setdiff(names(all), order)]
    needed <- vapply(all, function(x) is.name(x) && !nzchar(as.character(x)), NA)
    list(names = as.character(names(all)), needed = as.logical(needed))
  }
  f <- made(value, "r_function")
  g <- if (length(gradient)) made(gradient, "r_gradient")
  # Emitted functions have the order of derivatives last, called so that it is no input's name.
  order <- if (ordered) rev(names(formals(f)))[1] else character()
  list(functions = list(f, g, order), value = parameters(f),
    gradient = if (!is.null(g)) parameters(g))
}
"""

# One round trip answers all points. Rows are stacked here, since each must have one shape.
_EVALUATE = """
function(functions, points, names, what) {
  number <- function(x, whose) {
    if (is.null(x)) stop(whose, " is NULL", call. = FALSE)
    if (is.factor(x) || !(is.numeric(x) || is.logical(x)))
      stop(whose, " is of class ", class(x)[1], ", not numeric", call. = FALSE)
    list(data = as.double(x), shape = if (is.null(dim(x))) length(x) else dim(x))
  }
  labels <- function(x) {
    found <- if (is.list(x) || is.null(dimnames(x))) names(x) else dimnames(x)[[length(dim(x))]]
    if (is.null(found)) character() else found
  }
  pieces <- function(x, whose) {
    parts <- if (is.list(x)) x else list(x)
    list(parts = lapply(unname(parts), number, whose), listed = is.list(x), labels = labels(x))
  }
  call <- function(f, arguments, order) {
    names(arguments) <- names
    if (length(functions[[3]])) arguments[[functions[[3]]]] <- order
    do.call(f, arguments, quote = TRUE)
  }
  answer <- function(arguments) switch(what,
    value = list(value = pieces(call(functions[[1]], arguments, 0L), "the value")),
    gradient = list(gradient = pieces(call(functions[[2]], arguments), "the value of r_gradient")),
    both = {
      value <- call(functions[[1]], arguments, 1L)
      gradient <- attr(value, "gradient")
      if (is.null(gradient)) stop(
        "the value has no attribute \\"gradient\\", and there is no r_gradient", call. = FALSE)
      list(value = pieces(value, "the value"),
        gradient = pieces(gradient, "the attribute \\"gradient\\""))
    },
    hessian = list(hessian = pieces(attr(call(functions[[1]], arguments, 2L), "hessian"),
      "the attribute \\"hessian\\"")))
  rows <- lapply(points, answer)
  shape <- function(row) lapply(row, function(x) list(lapply(x$parts, `[[`, "shape"), x$labels))
  first <- shape(rows[[1]])
  for (number in seq_along(rows)) if (!identical(shape(rows[[number]]), first))
    stop("row ", number, " gives a result of another shape than row 1", call. = FALSE)
  stacked <- function(name) {
    head <- rows[[1]][[name]]
    parts <- lapply(seq_along(head$parts), function(k) list(
      data = unlist(lapply(rows, function(row) row[[name]]$parts[[k]]$data)),
      shape = as.integer(head$parts[[k]]$shape)))
    list(parts = parts, listed = head$listed, labels = head$labels)
  }
  sapply(names(first), stacked, simplify = FALSE)
}
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The user's functions as R holds them."""

    functions: Any


class BridgeHost:
    """R with functions of the user's."""

    def __init__(self) -> None:
        self._r: Any = None
        self._load: Any = None
        self._evaluate: Any = None
        self._home = Path.cwd()

    def start(self) -> dict[str, Any]:
        self._r = r = HostedR()
        self._load, self._evaluate = r.constant(_LOAD), r.constant(_EVALUATE)
        version, platform = r.call(r.constant(_FOUND))
        return {"version": version, "detail": platform}

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded:
        r = self._r
        os.chdir(self._home)
        sources = list(header["sources"])
        if header["files"]:
            sources.append(str(write_files(key, header)))
        found = r.call(
            self._load,
            r.strings([header["folder"]]),
            r.strings(sources),
            r.strings([header["value"]]),
            r.strings([] if header["gradient"] is None else [header["gradient"]]),
            r.flag(header["ordered"]),
        )
        return Loaded(named(found))

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        if header["what"] == "names":
            return self._names(program), {}
        r = self._r
        found = r.call(
            self._evaluate,
            program.functions["functions"],
            self._points(arguments, header["batched"], header["rows"]),
            r.strings(header["names"]),
            r.strings([header["what"]]),
        )
        said: dict[str, Any] = {}
        tensors: dict[str, Tensor] = {}
        for name, result in named(found).items():
            parts = named(result)
            shapes = []
            for index, part in enumerate(parts["parts"]):
                numbers = named(part)
                shapes.append([int(extent) for extent in numbers["shape"]])
                tensors[f"{name}.{index}"] = r.tensor(numbers["data"])
            said[name] = {"shapes": shapes, "labels": [str(label) for label in parts["labels"]]}
            said[name] |= {"listed": bool(parts["listed"][0])}
        return said, tensors

    def _names(self, program: Loaded) -> dict[str, Any]:
        """The arguments of both functions, and which of them have no default."""
        said: dict[str, Any] = {}
        for name in ("value", "gradient"):
            found = program.functions[name]
            if found.typeof == self._r.null:
                continue
            parts = named(found)
            said[name] = {
                "names": [str(one) for one in parts["names"]],
                "needed": [bool(one) for one in parts["needed"]],
            }
        return said

    def _points(self, arguments: list[Tensor], batched: Sequence[bool], rows: int | None) -> Any:
        """A list of argument lists; what is not batched is one vector for all of them."""
        if rows is None:
            return self._r.vectors([self._r.numbers(arguments)])
        shared = [
            None if many else self._r.number(a) for a, many in zip(arguments, batched, strict=True)
        ]
        points = []
        for row in range(rows):
            point = [
                self._r.number(_row(argument, row)) if vector is None else vector
                for argument, vector in zip(arguments, shared, strict=True)
            ]
            points.append(self._r.vectors(point))
        return self._r.vectors(points)

    def forget(self, program: Loaded) -> None:
        del program


def _row(batch: Tensor, row: int) -> Tensor:
    """A row of a batch, which lies together."""
    shape = batch.shape[1:]
    size = prod(shape)
    return Tensor(shape, array("d", batch.data[row * size : (row + 1) * size]))


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(BridgeHost(), requests, replies)
