"""What is said about a function that gradc does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from gradc.errors import GradcError, Span, fail

_FAMILIES = (
    "norm lnorm exp gamma beta t cauchy logis weibull chisq f unif pois binom nbinom geom multinom"
).split()
_DISTRIBUTIONS = frozenset(
    [prefix + family for family in _FAMILIES for prefix in "dpq"]
    + ["dmvnorm", "dnbinom2", "dtweedie"]
) - {"plogis", "qlogis"}
_SELF_STARTING = frozenset(
    "SSasymp SSasympOff SSasympOrig SSbiexp SSfol SSfpl SSgompertz SSlogis SSmicmen SSweibull".split()
)
_MATRICES = frozenset(
    "matrix t tcrossprod outer %o% diag det solve chol determinant nrow ncol dim rowSums colSums"
    " rowMeans colMeans apply expand.grid logSumExp @ np.linalg".split()
)
_TEXT = frozenset(
    "paste paste0 sprintf format formatC as.character deparse character nchar substr substring"
    " strsplit gsub sub trimws toupper tolower noquote parse cat print str".split()
)
_OUTSIDE = frozenset(
    "system system2 shell source readLines writeLines readRDS saveRDS load save file url"
    " read.csv read.table write.csv download.file Sys.time Sys.getenv Sys.setenv setwd getwd"
    " unlink file.remove library require install.packages exec open compile input __import__"
    " assign get environment sys.call".split()
)
_MEANT = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "power": "^",
    "pow": "^",
    "ceil": "ceiling",
    "expit": "plogis",
    "where": "ifelse",
    "maximum": "pmax",
    "minimum": "pmin",
    "np.ln": "np.log",
}
_ASSIGNED_BY_TEXT = "text is not part of an expression"


def closest(name: str, candidates: Sequence[str]) -> str | None:
    """The question whether a similar name was meant."""
    close = difflib.get_close_matches(name, candidates, 1)
    return f"did you mean '{close[0]}'?" if close else None


def unknown_function(
    name: str, place: Span, known: Iterable[str], users: Sequence[str], is_python: bool
) -> GradcError:
    """The diagnostic for a function that is not there."""
    last = name.rpartition(".")[2] if is_python else name.rpartition("::")[2]
    if last in _DISTRIBUTIONS:
        return fail("G102", f"'{name}' is a distribution, and distributions are not available yet", place)
    if last in _SELF_STARTING:
        return fail("G102", f"'{name}' is not available yet", place, "write its formula out")
    if last in _MATRICES or name in _MATRICES:
        return fail("G102", f"'{name}' works on matrices, and they are not available yet", place)
    if last in _TEXT:
        return fail("G104", f"'{name}' works on text; {_ASSIGNED_BY_TEXT}", place)
    if last in _OUTSIDE:
        return fail("G104", f"'{name}' reaches outside of the model, which gradc never does", place)
    return fail("G102", f"unknown function '{name}'", place, _suggestion(name, known, users, is_python))


def _suggestion(
    name: str, known: Iterable[str], users: Sequence[str], is_python: bool
) -> str | None:
    meant = None if is_python else _MEANT.get(name)
    if meant is None:
        candidates = [*users, *sorted(entry for entry in known if entry[0].isalpha())]
        prefix = name[: name.rfind(".") + 1] if is_python else ""
        close = difflib.get_close_matches(name[len(prefix) :], candidates, 1)
        meant = prefix + close[0] if close else None
    return f"did you mean '{meant}'?" if meant else None
