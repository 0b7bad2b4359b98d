"""Models that a least squares objective is made of, and the scripts that fit a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc import passes
from gradc.errors import GradcError, fail
from gradc.ir import Function
from gradc.targets import TARGETS
from gradc.targets.fit import FitModel, Rows

if TYPE_CHECKING:
    from gradc.model.model import Model


def part(model: Model, name: str, make: Callable[[Function], Function | None]) -> Model | None:
    """A model of the same inputs whose value is a part of this one's; None where there is none."""
    made = make(model.stages.plain)
    if made is None:
        return None
    function = replace(made, name=f"{model.name}_{name}")
    return replace(model, function_=function, notes=(), text=None)


def residuals(model: Model) -> Model | None:
    """The residuals of a sum of squares, one entry a row; None for another objective."""
    return part(model, "residuals", passes.residuals)


def mean(model: Model) -> Model | None:
    """The fitted values of a sum of squares, one entry a row."""
    return part(model, "mean", _of_residuals(passes.mean))


def response(model: Model) -> Model | None:
    """What the residuals of a sum of squares are measured from."""
    return part(model, "response", _of_residuals(passes.response))


def _of_residuals(make: Callable[[Function], Function | None]) -> Callable[..., Function | None]:
    def made(function: Function) -> Function | None:
        found = passes.residuals(function)
        return None if found is None else make(found)

    return made


def response_name(model: Model) -> str | None:
    """The user's name of the response, where it is an input as it stands."""
    found = passes.residuals(model.stages.plain)
    if found is None or found.least_squares is None:
        return None
    nodes = {item.node: item.name for item in found.data}
    return nodes.get(found.least_squares.response)


def has_hessian(model: Model) -> bool:
    """Whether second derivatives exist."""
    try:
        _ = model.stages.hessian
    except GradcError:
        return False
    return True


def fit_files(model: Model, target: str) -> dict[str, str]:
    """The target's own files and the script that fits the model with them.

    Raises: GradcError (G303) where the target has no such script.
    """
    write = TARGETS[target].fit if target in TARGETS else None
    if target in TARGETS and write is None:
        raise fail("G303", f"target '{target}' has no script that fits a model")
    emit_model, emitted = model.emission(target, hessian=has_hessian(model))
    if write is None:
        return dict(emitted.files)
    scripts = write(
        FitModel(
            emit_model,
            emitted,
            residuals=_rows(residuals(model), target),
            mean=_rows(mean(model), target),
            response=_rows(response(model), target),
            response_name=response_name(model),
        )
    )
    return {**emitted.files, **scripts}


def _rows(model: Model | None, target: str) -> Rows | None:
    return None if model is None else Rows(model.name, model.emitted(target))
