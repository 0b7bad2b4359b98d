"""Models that a least squares objective is made of, and the scripts that fit a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradc import passes
from gradc.errors import GradcError, fail
from gradc.ir import Function
from gradc.targets import TARGETS
from gradc.targets.fit import FitModel, Rows

if TYPE_CHECKING:
    from gradc.model.model import Model

_MOST_WRITTEN = 150
"""Parameters up to which scripts have the Hessian: a column of it is some lines of code."""


def _as_model(model: Model, name: str, made: Function) -> Model:
    """A model of the same inputs whose value is a part of this one's."""
    function = replace(made, name=f"{model.name}_{name}")
    return replace(model, function_=function, notes=(), text=None)


def _part(model: Model, name: str, made: Function | None) -> Model | None:
    return None if made is None else _as_model(model, name, made)


def residuals(model: Model, *, scaled: bool = False) -> Model | None:
    """The residuals of a sum of squares, one entry a row; None for another objective.

    Where ``scaled`` is allowed, the objective may be a positive multiple of such a sum.
    """
    return _part(model, "residuals", passes.residuals(model.stages.plain, scaled=scaled))


def mean(model: Model) -> Model | None:
    """The fitted values of a sum of squares, one entry a row."""
    found = passes.residuals(model.stages.plain, scaled=True)
    return None if found is None else _part(model, "mean", passes.mean(found))


def response(model: Model) -> Model | None:
    """What the residuals of a sum of squares are measured from."""
    found = passes.residuals(model.stages.plain, scaled=True)
    return None if found is None else _part(model, "response", passes.response(found))


def pictured(model: Model) -> tuple[Model, Model] | None:
    """Fitted values and what was observed, one entry a row.

    Of a sum of squares, or of the one distribution that a likelihood gives its data.
    """
    fitted, observed = mean(model), response(model)
    if fitted is not None and observed is not None:
        return fitted, observed
    found = passes.expected(model.stages.plain)
    if found is None:
        return None
    return _as_model(model, "mean", found[0]), _as_model(model, "response", found[1])


def measured(model: Model, name: str) -> Model:
    """The least squares fit of a model of predictions, one a row, to a response of this name.

    Raises: GradcError (G602) where the value is no vector, or the name is that of a parameter.
    """
    function = model.function_
    if name in model.wrt:
        raise fail("G602", f"the response '{name}' is a parameter of the model")
    if function.graph.types[function.value].rank != 1:
        raise fail(
            "G602",
            f"a response '{name}' is for a model that predicts one value a row",
            suggestion="this one has an objective of its own",
        )
    return replace(model, function_=passes.measured(function, name))


def terms(model: Model) -> list[Model]:
    """The vectors whose sums the value is made of."""
    found = passes.terms(model.stages.plain)
    return [_as_model(model, f"terms_{k}", made) for k, made in enumerate(found, start=1)]


def response_name(model: Model) -> str | None:
    """The user's name of the response, where it is an input as it stands."""
    found = passes.residuals(model.stages.plain, scaled=True)
    if found is None or found.least_squares is None:
        return None
    nodes = {item.node: item.name for item in found.data}
    return nodes.get(found.least_squares.response)


def has_hessian(model: Model) -> bool:
    """Whether there are second derivatives, and few enough of them to be written out."""
    if sum(item.type.count or 1 for item in model.function_.params) > _MOST_WRITTEN:
        return False
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
    wants = target in TARGETS and not (TARGETS[target].tapes or TARGETS[target].trains)
    emit_model, emitted = model.emission(target, hessian=wants and has_hessian(model))
    if write is None:
        return dict(emitted.files)
    rows = residuals(model)
    multiple = residuals(model, scaled=True) if rows is None else None
    made = FitModel(
        emit_model,
        emitted,
        residuals=_rows(rows, target),
        scaled_residuals=_rows(multiple, target),
        mean=_rows(mean(model), target) if rows else None,
        response=_rows(response(model), target) if rows else None,
        response_name=response_name(model) if rows else None,
    )
    return {**emitted.files, **write(made)}


def _rows(model: Model | None, target: str) -> Rows | None:
    return None if model is None else Rows(model.name, model.emitted(target))
