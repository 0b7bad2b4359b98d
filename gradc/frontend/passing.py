"""Calls that do nothing to a model: printing, packages, seeds; and results of running."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradc.frontend.actions import Form, Native, Steps
from gradc.frontend.context import Context
from gradc.frontend.scope import Scope
from gradc.frontend.values import NULL, Dots, Items, Outcome, Refusal, Sink, Value
from gradc.syntax.tree import Kind

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


def silent(name: str) -> Form:
    """A call that is passed over with a note; its arguments are not looked at."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        yield from ()
        m.context.at = scope, node
        if _assigns(scope, node):
            raise Refusal("G104", f"'{name}' is passed over, and an assignment within it with it")
        m.context.ignore(name)
        return NULL

    return form


def _assigns(scope: Scope, node: int) -> bool:
    """Whether a variable is assigned somewhere in the arguments of a call."""
    tree = scope.tree
    pending = list(tree.args(node))
    while pending:
        part = pending.pop()
        if tree.kinds[part] != Kind.CALL:
            continue
        if tree.head(part) in ("<-", "<<-"):
            return True
        pending += tree.args(part)
    return False


def _here(context: Context, dots: Dots) -> Value:
    """``requireNamespace(…)`` in a condition: whatever a script needs is there."""
    context.ignore("requireNamespace")
    return True


def _nothing(context: Context, dots: Dots) -> Value:
    """``nls.control(…)``: how an engine searches, which is not the model."""
    return NULL


def _options(context: Context, dots: Dots) -> Value:
    """``options(…)``: of no account, but for those that change how numbers are written."""
    for k, (name, value) in enumerate(dots.items):
        if name in ("digits", "scipen", "OutDec") or isinstance(value, Items):
            changed = f"'{name}'" if name else "a list of options"
            raise Refusal("G104", f"{changed} may change how numbers are written as text", None, k)
    return NULL


def _batch(context: Context) -> Value:
    """``interactive()``."""
    return False


def giving(name: str) -> Native:
    """A function that shows its first argument, or says less of it: the argument itself."""

    def call(context: Context, dots: Dots) -> Value:
        if name in ("print", "show"):
            context.ignore(name)
        return dots.items[0][1] if dots.items else NULL

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


def outcome_within(values: Iterable[Value]) -> Outcome | None:
    """The first result of a run that is an element of a list among these values."""
    pending = list(values)
    while pending:
        value = pending.pop(0)
        if isinstance(value, Outcome):
            return value
        if isinstance(value, Items):
            pending += value.values
        elif isinstance(value, Dots):
            pending += (item for _, item in value.items)
    return None


KEEPING = frozenset(
    ("c", "list", "identity", "I", "invisible", "print", "return", "suppressWarnings",
     "suppressMessages", "force", "show", "system.time", "unlist", "as.list", "data.frame")
)  # fmt: skip
"""Functions that take a result of running as the value that it is."""

_SILENT = (
    "cat", "library", "suppressPackageStartupMessages", "set.seed", "message", "warning",
    "rm", "gc", "flush.console", "detach", "require",
)  # fmt: skip
_GIVING = (
    "system.time",
    "print",
    "suppressWarnings",
    "suppressMessages",
    "invisible",
    "force",
    "show",
)
_READING = (
    "coef", "summary", "fitted", "predict", "resid", "residuals", "vcov", "confint", "logLik",
    "AIC", "BIC", "deviance", "anova", "df.residual", "attributes",
)  # fmt: skip
_DRAWING = (
    "rnorm", "runif", "rbinom", "rpois", "rexp", "rgamma", "rbeta", "rt", "rcauchy", "rlogis",
    "rweibull", "rchisq", "rf", "rgeom", "rnbinom", "rlnorm", "sample", "sample.int",
)  # fmt: skip

FORMS: tuple[tuple[str, Form], ...] = tuple((name, silent(name)) for name in _SILENT)

NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("requireNamespace", "...", _here),
    ("interactive", "", _batch),
    ("options", "...", _options),
    ("nls.control", "...", _nothing),
    *((name, "...", giving(name)) for name in _GIVING),
    *((name, "...", reading(name)) for name in _READING),
    *((name, "...", drawn(name)) for name in _DRAWING),
)
