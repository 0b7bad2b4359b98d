"""Calls that do nothing to a model: printing, packages, seeds; and results of running."""

from __future__ import annotations

from collections.abc import Iterable

from gradc.frontend.actions import Native
from gradc.frontend.context import Context
from gradc.frontend.values import NULL, Dots, Outcome, Refusal, Sink, Value


def ignored(name: str, *, gives_first: bool = False) -> Native:
    """A function that is passed over with a note; it may give back its first argument."""

    def call(context: Context, dots: Dots) -> Value:
        context.ignore(name)
        return dots.items[0][1] if gives_first and dots.items else NULL

    call.__name__ = name
    return call


def drawn(name: str) -> Native:
    """Random numbers: data that are there only when R runs."""

    def call(context: Context, dots: Dots) -> Value:
        here = context.here()
        if here is None:
            raise Refusal("G104", f"'{name}' draws random numbers")
        return Outcome(None, f"what '{name}' draws at random", here)

    call.__name__ = name
    return call


def reading(name: str) -> Native:
    """A function that reads the result of a sink, such as ``coef``."""

    def call(context: Context, dots: Dots) -> Value:
        found = outcome_among(value for _, value in dots.items)
        if found is None:
            raise Refusal("G104", f"'{name}' reads the result of a fit, and there is none here")
        return found

    call.__name__ = name
    return call


def outcome_among(values: Iterable[Value]) -> Outcome | None:
    """The first value that only running tells; a derivative's code counts as one."""
    for value in values:
        if isinstance(value, Outcome):
            return value
        if isinstance(value, Sink) and value.callee != "D":
            return Outcome(value, f"the code that '{value.callee}' makes", value.span)
        if isinstance(value, Dots):
            inner = outcome_among(item for _, item in value.items)
            if inner is not None:
                return inner
    return None


KEEPING = frozenset(
    ("c", "list", "identity", "I", "invisible", "print", "return", "suppressWarnings",
     "suppressMessages", "force", "show", "setNames")
)  # fmt: skip
"""Functions that take a result of running as the value that it is."""

_IGNORED = [
    "cat",
    "library",
    "require",
    "requireNamespace",
    "suppressPackageStartupMessages",
    "set.seed",
    "options",
    "message",
    "rm",
    "gc",
    "flush.console",
    "warning",
]
_GIVING = ["print", "suppressWarnings", "suppressMessages", "invisible", "force", "show"]
_READING = [
    "coef",
    "summary",
    "fitted",
    "predict",
    "resid",
    "residuals",
    "vcov",
    "confint",
    "logLik",
    "AIC",
    "BIC",
    "deviance",
    "anova",
    "df.residual",
    "attr",
    "attributes",
    "class",
]
_DRAWING = [
    "rnorm",
    "runif",
    "rbinom",
    "rpois",
    "rexp",
    "rgamma",
    "rbeta",
    "rt",
    "rcauchy",
    "rlogis",
    "rweibull",
    "rchisq",
    "rf",
    "rgeom",
    "rnbinom",
    "rlnorm",
    "sample",
    "sample.int",
]

NATIVES: tuple[tuple[str, str, Native], ...] = (
    *((name, "...", ignored(name)) for name in _IGNORED),
    *((name, "...", ignored(name, gives_first=True)) for name in _GIVING),
    *((name, "...", reading(name)) for name in _READING),
    *((name, "...", drawn(name)) for name in _DRAWING),
)
