"""What Python calls things: names of NumPy, ``math`` and SciPy in terms of the language's own."""

from __future__ import annotations

import math
from collections.abc import Mapping

MODULES = ("np", "numpy", "math", "special", "scipy.special", "builtins")
"""Modules whose functions are known; a name may be written with or without them."""

CONSTANTS: Mapping[str, float] = {
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
}
"""Known behind the name of a module only: a bare ``e`` is an input."""

# Names that mean the same in R are not listed.
FUNCTIONS: Mapping[str, str] = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "fabs": "abs",
    "absolute": "abs",
    "ceil": "ceiling",
    "rint": "round",
    "around": "round",
    "fix": "trunc",
    "power": "**",
    "pow": "**",
    "negative": "-",
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "mod": "%",
    "remainder": "%",
    "floor_divide": "//",
    "maximum": "pmax",
    "minimum": "pmin",
    "fmax": "pmax",
    "fmin": "pmin",
    "where": "ifelse",
    "amin": "min",
    "amax": "max",
    "fsum": "sum",
    "average": "mean",
    "len": "length",
    "array": "c",
    "asarray": "c",
    "[]": "c",
    "()": "c",
    "float": "as.numeric",
    "psi": "digamma",
    "gammaln": "lgamma",
    "betaln": "lbeta",
    "expit": "sigmoid",
    "logaddexp": "logspace_add",
    "comb": "choose",
    "binom": "choose",
    "logical_and": "&&",
    "logical_or": "||",
    "logical_not": "!",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
    "zeros": "numeric",
    "concatenate": "c",
    "@": "%*%",
}


def bare(name: str) -> tuple[str, bool]:
    """A name without the module in front, and whether there was one."""
    module, dot, last = name.rpartition(".")
    return (last, True) if dot and module in MODULES else (name, False)
