"""R inside this process, by rpy2: start it, hand over doubles, get doubles back.

R code here is gradc's own and constant; programs reach R as files to be sourced, names
and numbers as vectors.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import R_PACKAGES, install_debian, install_python
from gradc.run.wire import Tensor, from_column_major, to_column_major
from gradc.run.worker import ProgramError, short

_OUT_OF_MEMORY = re.compile(r"cannot allocate (?:vector|memory)|memory exhausted")

# `protect` turns a condition into text, so that no R error unwinds through Python.
_PROTECT = """
function(call, arguments) tryCatch(
  do.call(call, arguments, quote = TRUE),
  error = function(condition) structure(
    paste0(conditionMessage(condition), ""), class = "gradc_failure"))
"""

# Each program gets an environment of its own, so that none can see another's names.
SOURCE = """
function(path, name) {
  program <- new.env(parent = globalenv())
  source(path, local = program, echo = FALSE, encoding = "UTF-8", keep.source = FALSE)
  own <- function(name, ...) get0(name, envir = program, mode = "function", inherits = FALSE)
  list(get(name, envir = program, mode = "function", inherits = FALSE),
       own(paste0(name, "_report")))
}
"""


class HostedR:
    """The one R of this process; used from the thread that started it."""

    def __init__(self) -> None:
        self._rinterface = _start()
        self._protect = self.constant(_PROTECT)

    def constant(self, text: str) -> Any:
        """The value of a piece of gradc's own R code."""
        return self._rinterface.evalr(text)

    def call(self, function: Any, *arguments: Any) -> Any:
        """Call an R function.

        Raises: ProgramError with R's message, MemoryError where R has none left.
        """
        vector = self._rinterface.ListSexpVector(arguments)
        result = self._protect(function, vector)
        if _classes(result) == ["gradc_failure"]:
            message = str(result[0])
            if _OUT_OF_MEMORY.search(message):
                raise MemoryError(short(message))
            raise ProgramError(f"R: {message}")
        return result

    def strings(self, values: Sequence[str]) -> Any:
        """A character vector."""
        return self._rinterface.StrSexpVector(values)

    def flag(self, value: bool) -> Any:
        """A logical of length one."""
        return self._rinterface.BoolSexpVector([value])

    def double(self, value: float) -> Any:
        """A numeric vector of length one."""
        return self._rinterface.FloatSexpVector([value])

    def list(self, values: Mapping[str, Any]) -> Any:
        """A list by name."""
        made = self._rinterface.ListSexpVector(list(values.values()))
        made.do_slot_assign("names", self.strings(list(values)))
        return made

    def vectors(self, values: Sequence[Any]) -> Any:
        """A list of what R has already."""
        return self._rinterface.ListSexpVector(values)

    @property
    def null(self) -> Any:
        """The type of NULL."""
        return self._rinterface.RTYPES.NILSXP

    def numbers(self, values: Sequence[Tensor]) -> Any:
        """A list of numeric vectors and arrays, bit for bit."""
        return self.vectors([self.number(value) for value in values])

    def number(self, value: Tensor) -> Any:
        """A numeric vector, matrix or array, bit for bit."""
        data = to_column_major(value)
        vector = self._rinterface.FloatSexpVector.from_memoryview(memoryview(data))
        # from_memoryview() gives a bare capsule; the constructor wraps it.
        vector = self._rinterface.FloatSexpVector(vector)
        if len(value.shape) >= 2:
            # Set on the vector itself: R's `dim<-` would be one more call a matrix.
            vector.do_slot_assign("dim", self._rinterface.IntSexpVector(value.shape))
        return vector

    def tensor(self, value: Any) -> Tensor | None:
        """A numeric vector, matrix or array from R; ``None`` for NULL."""
        if value.typeof == self.null:
            return None
        data = array("d")
        # rpy2's view of a matrix is one of columns; their bytes are wanted as they lie.
        data.frombytes(value.memoryview().tobytes(order="F"))
        dim = value.do_slot("dim") if "dim" in value.list_attrs() else [len(data)]
        return from_column_major(data, tuple(int(extent) for extent in dim))


def _classes(value: Any) -> list[str]:
    return list(value.do_slot("class")) if "class" in value.list_attrs() else []


def named(vector: Any) -> dict[str, Any]:
    """An R list by its names."""
    return dict(zip(vector.do_slot("names"), vector, strict=True))


def report_tensors(r: HostedR, reports: Any) -> dict[str, Tensor]:
    """The reported results in an R list, by their number."""
    found: dict[str, Tensor] = {}
    for number, value in enumerate(reports):
        result = r.tensor(value)
        if result is not None:
            found[f"report.{number}"] = result
    return found


def fit_reply(r: HostedR, found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What a fit script returned, for the way back."""
    counts = named(found["counts"])
    said: dict[str, Any] = {
        "se_kind": str(found["se_kind"][0]),
        "message": str(found["message"][0]),
    }
    said |= {"claimed": bool(found["claimed"][0]), "seconds": float(found["seconds"][0])}
    said |= {name: _count(counts[name]) for name in ("fn", "gr")}
    if "reported" in found:  # NULL where there is nothing with a name
        said["reported"] = [str(name) for name in found["reported"] or ()]
    names = ("par", "se", "objective", "path", "gradient", "reported_value", "reported_se")
    parts = {name: r.tensor(found[name]) for name in names if name in found}
    return said, {name: part for name, part in parts.items() if part is not None}


def _count(value: Any) -> int | None:
    """R's missing whole number is no number in Python."""
    return int(value) if isinstance(value, (int, float)) and value == value else None


_NEEDS = re.compile(r"needs the package (\w+): (.*)")


def missing_package(error: ProgramError) -> Exception:
    """The error of a script, as a missing toolchain where it asks for a package of R."""
    found = _NEEDS.search(str(error))
    if found is None:
        return error
    package = found.group(1)
    debian = install_debian(f"r-cran-{package.lower()}")
    return ToolchainError("G401", f"the R package {package} is missing", debian)


def _start() -> Any:
    """Load rpy2 and start R without anybody's profile."""
    if shutil.which("R") is None and not os.environ.get("R_HOME"):
        raise ToolchainError(
            "G401", "R is missing: there is no R on PATH", install_debian(*R_PACKAGES)
        )
    try:
        version = importlib.metadata.version("rpy2")
    except importlib.metadata.PackageNotFoundError as error:
        raise ToolchainError(
            "G401", "R cannot be hosted: rpy2 is missing", install_python("r")
        ) from error
    try:
        from rpy2.rinterface_lib import callbacks, embedded

        embedded.set_initoptions(("rpy2", "--quiet", "--vanilla", "--no-echo"))
        import rpy2.rinterface as rinterface

        callbacks.consolewrite_print = _print
        callbacks.consolewrite_warnerror = _print
        rinterface.initr(interactive=False)
    except Exception as error:
        raise ToolchainError(
            "G402",
            short(f"R did not start through rpy2 {version}: {type(error).__name__}: {error}"),
            install_python("r"),
        ) from error
    return rinterface


def _print(text: str) -> None:
    os.write(2, text.encode("utf-8", "replace"))
