"""Runs emitted R programs; started by :mod:`gradc.run.child`."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradc.run.host_r import SOURCE, HostedR, fit_reply, missing_package, named, report_tensors
from gradc.run.session_r import steps
from gradc.run.ship_r import argument, shipped
from gradc.run.wire import Tensor
from gradc.run.worker import ProgramError, serve, write_files

_FOUND = """
function() {
  options(warn = -1, keep.source = FALSE)
  c(as.character(getRversion()), R.version$platform)
}
"""

_EVALUATE = """
function(program, arguments, labels) {
  value <- do.call(program[[1]], arguments, quote = TRUE)
  reports <- if (length(labels)) do.call(program[[2]], arguments, quote = TRUE)
  number <- function(x) {
    if (is.null(x)) return(NULL)
    if (!is.numeric(x)) stop("a result is of class ", class(x)[1], ", not a number")
    shape <- dim(x)
    x <- as.double(x)
    dim(x) <- shape
    x
  }
  # A report keeps its shape; rows of a matrix have no names here.
  reports <- lapply(reports[labels], function(x) number(unname(x)))
  columns <- dimnames(attr(value, "gradient"))[[2]]
  list(value = number(as.vector(value)),
       gradient = number(attr(value, "gradient")),
       hessian = number(attr(value, "hessian")),
       reports = unname(reports),
       columns = if (is.null(columns)) character() else columns)
}
"""

# The function as it is, with one call in front that keeps its variables when it returns.
_TRACE = """
function(program, arguments, names, numbers) {
  seen <- NULL
  keep <- function(variables) seen <<- variables
  traced <- program[[1]]
  body(traced) <- bquote({
    on.exit(.(keep)(environment()))
    .(body(traced))
  })
  do.call(traced, arguments, quote = TRUE)
  Map(function(name, number) {
    step <- get0(name, envir = seen, inherits = FALSE)
    if (!is.null(step) && !is.na(number)) {
      step <- if (number <= length(step)) step[[number]]
    }
    if (!is.numeric(step) && !is.logical(step)) return(NULL)
    shape <- if (is.matrix(step)) dim(step)
    step <- as.double(step)
    dim(step) <- shape
    step
  }, names, numbers, USE.NAMES = FALSE)
}
"""

_FIT = """
function(program, engine, names, data, start, lower, upper) {
  names(data) <- names
  program[[1]](data, start[[1]], engine, lower[[1]], upper[[1]])
}
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The function of an emitted file, and the names of a fit's data."""

    function: Any
    data: tuple[str, ...] = ()


class RHost:
    """R without packages."""

    def __init__(self) -> None:
        self._r: Any = None
        self._load: Any = None
        self._evaluate: Any = None
        self._fit: Any = None
        self._session: dict[str, Any] | None = None
        self._trace: Any = None

    def start(self) -> dict[str, Any]:
        self._r = r = HostedR()
        self._load = r.constant(SOURCE)
        self._evaluate = r.constant(_EVALUATE)
        self._fit = r.constant(_FIT)
        self._trace = r.constant(_TRACE)
        version, platform = r.call(r.constant(_FOUND))
        return {"version": version, "detail": platform}

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded:
        path = write_files(key, header)
        r = self._r
        name = f"{header['name']}_fit" if header.get("fit") else header["name"]
        function = r.call(self._load, r.strings([str(path)]), r.strings([name]))
        return Loaded(function, tuple(header.get("data", ())))

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        r = self._r
        labels = r.strings(header["reports"])
        try:
            found = r.call(self._evaluate, program.function, r.numbers(arguments), labels)
        except ProgramError as error:
            raise missing_package(error) from error
        answer = named(found)
        results = {}
        for name in ("value", "gradient", "hessian"):
            result = r.tensor(answer[name])
            if result is not None:
                results[name] = result
            elif name != "hessian" or header["hessian"]:
                raise ProgramError(f"the result has no {name}")
        results |= report_tensors(r, answer["reports"])
        return {"columns": list(answer["columns"])}, results

    def trace(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> dict[str, Tensor]:
        r = self._r
        names = r.strings([name for name, _ in header["steps"]])
        numbers = [math.nan if k is None else float(k) for _, k in header["steps"]]
        places = r.numbers([Tensor((len(numbers),), array("d", numbers))])[0]
        found = r.call(self._trace, program.function, r.numbers(arguments), names, places)
        steps = ((number, r.tensor(value)) for number, value in enumerate(found))
        return {f"step.{number}": step for number, step in steps if step is not None}

    def fit(
        self, program: Loaded, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        r = self._r
        data = [tensors[f"data.{number}"] for number in range(len(program.data))]
        vectors = [r.numbers([tensors[name]]) for name in ("start", "lower", "upper")]
        try:
            found = r.call(
                self._fit,
                program.function,
                r.strings([header["engine"]]),
                r.strings(program.data),
                r.numbers(data),
                *vectors,
            )
        except ProgramError as error:
            raise missing_package(error) from error
        return fit_reply(r, named(found))

    def session(
        self, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """One step of the one session that runs a user's own script in this process."""
        r = self._r
        if self._session is None:
            self._session = named(r.constant(steps()))
        arguments = [argument(r, value, tensors) for value in header["arguments"]]
        found, parts = shipped(r, r.call(self._session[header["step"]], *arguments))
        return {"found": found}, parts

    def forget(self, program: Loaded) -> None:
        del program


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(RHost(), requests, replies)
