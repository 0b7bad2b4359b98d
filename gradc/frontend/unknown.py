"""What is said about a function that gradc does not have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from gradc.errors import GradcError, Span, fail

_DECLARATIONS = """
    DATA_ARRAY DATA_IARRAY DATA_IMATRIX DATA_SPARSE_MATRIX DATA_STRING DATA_STRUCT DATA_UPDATE
    DATA_VECTOR_INDICATOR DATA_ARRAY_INDICATOR PARAMETER_ARRAY SIMULATE
"""
_TABLES = "read.csv read.csv2 read.table read.delim fread read_csv readRDS load fromJSON scan"
_OUTSIDE = """
    system system2 shell source readLines writeLines saveRDS save file url
    write.csv download.file Sys.time Sys.getenv Sys.setenv setwd getwd unlink
    file.remove install.packages exec open compile input __import__ environment
"""


# Of these R and TMB have the density alone.
_NOWHERE = (
    ("pmultinom qmultinom", "is no function of R, which has 'dmultinom' alone"),
    ("ptweedie qtweedie", "is no function of R or TMB, which has 'dtweedie' alone"),
)
# What looks like a distribution is seldom a slip for something else.
_LIKE_A_DISTRIBUTION = re.compile(r"[dpqr][a-z][a-z0-9]*\Z")
_NEAR = 0.8

_GIVEN = "leave the line out, write y for d$y, and give the columns with --at FILE.csv"


def _reasons() -> Mapping[str, tuple[str, str, str | None]]:
    """Code, what is said after the name, and a suggestion, for functions that are known of."""
    known = (
        (_DECLARATIONS.split(), "G102", "is a declaration of TMB's that gradc does not have", None),
        (("str",), "G104", "works on text, and text is not part of an expression", None),
        (_TABLES.split(), "G104", "reads a file, and gradc never does", _GIVEN),
        (_OUTSIDE.split(), "G104", "reaches outside of the model, and gradc never does", None),
        (("is", "is-not", "in", "not-in"), "G104", "asks what numbers do not tell", None),
        *((names.split(), "G102", words, None) for names, words in _NOWHERE),
    )
    return {name: entry[1:] for entry in known for name in entry[0]}


_REASONS = _reasons()
_MEANT = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "power": "^",
    "pow": "^",
    "ceil": "ceiling",
    "backsolve": "solve",
    "forwardsolve": "solve",
    "expit": "plogis",
    "where": "ifelse",
    "maximum": "pmax",
    "minimum": "pmin",
    "np.ln": "np.log",
}


def closest(name: str, candidates: Sequence[str]) -> str | None:
    """The question whether a similar name was meant."""
    close = _nearest(name, candidates)
    return f"did you mean '{close}'?" if close else None


def _nearest(name: str, candidates: Sequence[str]) -> str | None:
    # Two letters exchanged are the commonest slip, and difflib ranks them low.
    anagrams = [other for other in candidates if sorted(other) == sorted(name)]
    cutoff = _NEAR if _LIKE_A_DISTRIBUTION.match(name) else 0.6
    close = anagrams or difflib.get_close_matches(name, candidates, 1, cutoff)
    return close[0] if close else None


def unknown_function(
    name: str, place: Span, known: Iterable[str], users: Sequence[str], is_python: bool
) -> GradcError:
    """The diagnostic for a function that is not there."""
    reason = _REASONS.get(name.rpartition("." if is_python else "::")[2]) or _REASONS.get(name)
    if reason is not None:
        code, words, suggestion = reason
        return fail(code, f"'{name}' {words}", place, suggestion)
    suggestion = _suggestion(name, known, users, is_python)
    return fail("G102", f"unknown function '{name}'", place, suggestion)


_NO_SLIPS = frozenset(
    ("Sum", "Product", "Integral", "Limit", "Eq", "Matrix", "logspace", "least_squares",
     "curve_fit", "grad", "jacobian", "hessian", "jit")
)  # fmt: skip
"""Names that are right in Python, and near to one of something else."""


def _suggestion(
    name: str, known: Iterable[str], users: Sequence[str], is_python: bool
) -> str | None:
    meant = None if is_python else _MEANT.get(name)
    if meant is None:
        candidates = [*users, *sorted(entry for entry in known if entry[0].isalpha())]
        prefix = name[: name.rfind(".") + 1] if is_python else ""
        last = name[len(prefix) :]
        close = None if is_python and last in _NO_SLIPS else _nearest(last, candidates)
        meant = prefix + close if close else None
    return f"did you mean '{meant}'?" if meant else None
