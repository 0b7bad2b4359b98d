"""Runs compiled TMB templates; started by :mod:`gradc.run.child`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradc.run.host_r import SOURCE, HostedR, fit_reply, named, report_tensors
from gradc.run.program import ToolchainError
from gradc.run.remedy import TMB_PACKAGES, install_debian
from gradc.run.wire import Tensor, tensor
from gradc.run.worker import ProgramError, serve, short, write_files

_FOUND = """
function() {
  options(warn = -1, keep.source = FALSE)
  suppressPackageStartupMessages(library(TMB))
  lines <- readLines(file.path(paste0(R.home("etc"), Sys.getenv("R_ARCH")), "Makeconf"))
  setting <- function(name) {
    found <- grep(paste0("^", name, "[[:space:]]*="), lines, value = TRUE)
    if (length(found)) trimws(sub("^[^=]*=", "", found[1])) else ""
  }
  include <- function(package) system.file("include", package = package)
  c(r = as.character(getRversion()),
    tmb = as.character(packageVersion("TMB")),
    eigen = if (nzchar(include("RcppEigen"))) as.character(packageVersion("RcppEigen")) else "",
    r_include = R.home("include"),
    r_library = R.home(paste0("lib", Sys.getenv("R_ARCH"))),
    tmb_include = include("TMB"),
    eigen_include = include("RcppEigen"),
    compiler = setting("CXX"),
    pic = setting("CXXPICFLAGS"))
}
"""

_FIT = """
function(program, dll, names, data, start, lower, upper) {
  names(data) <- names
  program[[1]](data, start[[1]], lower[[1]], upper[[1]], DLL = dll)
}
"""

_LOAD = "function(path) { dyn.load(path); TRUE }"
_UNLOAD = "function(path) { gc(); dyn.unload(path); TRUE }"

# The tape is recorded at `start` and then evaluated elsewhere, as an optimiser does: a
# template whose C++ branches on a parameter is found out.
_EVALUATE = """
function(dll, names, kinds, values, start, case, hessian, labels) {
  names(values) <- names
  names(start) <- names
  parameter <- kinds != "data"
  random <- names[kinds == "random"]
  if (!length(random)) random <- NULL
  data <- c(values[!parameter], if (length(case)) list(gradc_case = case[[1]]))
  record <- function(at) MakeADFun(data = data, parameters = at[parameter], random = random,
                                   DLL = dll, silent = TRUE)
  object <- tryCatch(record(start), error = function(condition) record(values))
  order <- unique(names(object$par))
  theta <- as.double(unlist(values[order], use.names = FALSE))
  value <- as.double(object$fn(theta))
  gradient <- as.double(object$gr(theta))
  second <- if (hessian) object$he(theta)
  report <- object$report(object$env$last.par)
  reported <- report$value
  number <- function(x) {
    if (!is.numeric(x)) return(NULL)
    shape <- dim(x)
    x <- as.double(x)
    dim(x) <- shape
    x
  }
  list(value = value, gradient = gradient, hessian = second,
       reported = if (is.numeric(reported)) as.double(reported),
       reports = unname(lapply(report[labels], number)),
       order = order)
}
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A template in a loaded library, and where its tape is to be recorded next."""

    path: str
    dll: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    case: int | None
    start: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Script:
    """The fit of a template in a loaded library, and the names of its data."""

    path: str
    dll: str
    function: Any
    data: tuple[str, ...]


class TmbHost:
    """R with the package TMB."""

    def __init__(self) -> None:
        self._r: Any = None
        self._evaluate: Any = None
        self._script: Any = None
        self._fit: Any = None
        self._load: Any = None
        self._unload: Any = None
        self._users: dict[str, int] = {}

    def start(self) -> dict[str, Any]:
        self._r = r = HostedR()
        try:
            found = r.call(r.constant(_FOUND))
        except ProgramError as error:
            if "no package called" in str(error):
                raise ToolchainError(
                    "G401", "the R package TMB is missing", install_debian(*TMB_PACKAGES)
                ) from error
            raise ToolchainError(
                "G402", short(f"TMB did not start: {error}"), install_debian(*TMB_PACKAGES)
            ) from error
        self._evaluate = r.constant(_EVALUATE)
        self._script = r.constant(SOURCE)
        self._fit = r.constant(_FIT)
        self._load = r.constant(_LOAD)
        self._unload = r.constant(_UNLOAD)
        toolkit = {name: str(text) for name, text in named(found).items()}
        return {"version": toolkit["tmb"], "detail": f"R {toolkit['r']}", "toolkit": toolkit}

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded | Script:
        path = header["path"]
        if path not in self._users:
            self._r.call(self._load, self._r.strings([path]))
        self._users[path] = self._users.get(path, 0) + 1
        if header.get("fit"):
            r, file = self._r, str(write_files(key, header))
            names = (r.strings([file]), r.strings([f"{header['name']}_tmb_fit"]))
            function = r.call(self._script, *names)
            return Script(path, header["dll"], function, tuple(header["data"]))
        names, kinds = tuple(header["names"]), tuple(header["kinds"])
        return Loaded(path, header["dll"], names, kinds, header["case"])

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        r = self._r
        start = program.start
        if [value.shape for value in start] != [value.shape for value in arguments]:
            start = arguments
        case = [] if program.case is None else [tensor(program.case)]
        answer = named(
            r.call(
                self._evaluate,
                r.strings([program.dll]),
                r.strings(program.names),
                r.strings(program.kinds),
                r.numbers(arguments),
                r.numbers(start),
                r.numbers(case),
                r.flag(header["hessian"]),
                r.strings(header["reports"]),
            )
        )
        program.start[:] = arguments
        results = {}
        for name in ("value", "gradient", "hessian", "reported"):
            result = r.tensor(answer[name])
            if result is not None:
                results[name] = result
        results |= report_tensors(r, answer["reports"])
        return {"order": list(answer["order"])}, results

    def fit(
        self, program: Script, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        r = self._r
        data = [tensors[f"data.{number}"] for number in range(len(program.data))]
        found = r.call(
            self._fit,
            program.function,
            r.strings([program.dll]),
            r.strings(program.data),
            r.numbers(data),
            *(r.numbers([tensors[name]]) for name in ("start", "lower", "upper")),
        )
        return fit_reply(r, named(found))

    def forget(self, program: Loaded | Script) -> None:
        self._users[program.path] -= 1
        if not self._users[program.path]:
            del self._users[program.path]
            self._r.call(self._unload, self._r.strings([program.path]))


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(TmbHost(), requests, replies)
