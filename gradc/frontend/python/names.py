"""What Python calls things: names of NumPy, ``math`` and SciPy in terms of the language's own."""

from __future__ import annotations

import math
from collections.abc import Mapping

MODULES = frozenset(
    ("", "numpy", "math", "scipy.special", "builtins", "sympy", "tensorflow", "tensorflow.math",
     "tensorflow.nn", "tensorflow.keras.activations", "keras.activations",
     "jax.numpy", "jax.nn")
)  # fmt: skip
"""Modules whose functions are known; a name may be written without any."""

PLAIN = frozenset(
    ("abs", "all", "any", "bool", "callable", "chr", "dict", "divmod", "enumerate", "filter",
     "float", "format", "frozenset", "int", "isinstance", "len", "list", "map", "max", "min", "ord",
     "pow", "print", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple",
     "zip")
)  # fmt: skip
"""Functions of Python that are meant wherever their bare name stands."""

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
    "constant": "array",
    "convert_to_tensor": "array",
    "float64": "as.numeric",
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
    "reduce_sum": "sum",
    "reduce_mean": "mean",
    "reduce_prod": "prod",
    "reduce_max": "max",
    "reduce_min": "min",
    "log_sigmoid": "log_expit",
    "@": "%*%",
}


def constant(origin: str) -> float | None:
    """The number behind ``numpy.pi`` and its like."""
    stars, colon, last = origin.partition("::")
    if colon:
        known = [constant(f"{module}.{last}") for module in stars.split(",")]
        return next((number for number in known if number is not None), None)
    module, _, name = origin.rpartition(".")
    if module == "sympy":
        return _SYMPY.get(name)
    return CONSTANTS.get(name) if module and module in MODULES else None


_SYMPY: Mapping[str, float] = {"pi": math.pi, "E": math.e, "oo": math.inf, "nan": math.nan}
