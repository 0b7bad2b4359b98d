"""Emitted R on its way to an R that hosts this Python."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.bridge import r_helper
from gradc.errors import Diagnostic, GradcError, fail, render
from gradc.model import Model, compile  # noqa: A004

# The object `r` of reticulate evaluates a text. This one is constant, and what it returns can be
# converted, as the value of source() cannot.
_READ = "function(path) { source(path, local = TRUE, encoding = 'UTF-8'); TRUE }"


class ErrorInR(GradcError):
    """An error whose text is what R shows: each diagnostic with its place."""

    def __str__(self) -> str:
        return "\n".join(["", *(render(diagnostic) for diagnostic in self.diagnostics)])


_UNTAUGHT = "R code; source(gradc$bridge$r_helper) lets reticulate return it as R functions"


@dataclass(frozen=True, slots=True, repr=False)
class EmittedR:
    """R code; in an R session reticulate makes a list of functions of it.

    ``roles`` are the names in that list, ``names`` those of the functions in the code.
    """

    text: str
    names: list[str]
    roles: list[str]

    def __repr__(self) -> str:
        return f"<{', '.join(self.roles)}: {_UNTAUGHT}>"

    def __getattr__(self, name: str) -> Any:
        # Only a reticulate that was not taught gets here with the name of a function.
        raise AttributeError(f"there is no '{name}': this is {_UNTAUGHT}")


def emitted_r(
    model: Model | str,
    wrt: str | Sequence[str] | None,
    at: Mapping[str, Any] | None,
    hessian: bool,
) -> EmittedR:
    """See :func:`gradc.bridge.r`."""
    try:
        if not isinstance(model, Model):
            model = compile(model, wrt=wrt, at=at)
        elif wrt is not None or at is not None:
            raise fail("G801", "wrt= and at= are for a text: a model has its own")
        program = model.program("r", hessian=hessian)
    except GradcError as error:
        raise ErrorInR(*error.diagnostics) from error
    _teach_reticulate()
    names, roles = [program.name, f"{program.name}_model"], ["value", "objective"]
    if program.reports:
        names, roles = [*names, f"{program.name}_report"], [*roles, "report"]
    return EmittedR(program.text, names, roles)


def _teach_reticulate() -> None:
    """Have the R around this Python read the helper; without one there is nobody to teach.

    Raises: GradcError (G806) where R cannot read it.
    """
    r = getattr(sys.modules["__main__"], "r", None)
    if "rpytools" not in sys.modules or type(r).__name__ != "R":  # what reticulate brings along
        return
    try:
        r[_READ](r_helper)  # type: ignore[index]
    except Exception as error:
        raise ErrorInR(
            Diagnostic(
                "G806",
                f"reticulate could not be taught to return R functions: {error}",
                suggestion="find out what source(gradc$bridge$r_helper) says in R",
            )
        ) from error
