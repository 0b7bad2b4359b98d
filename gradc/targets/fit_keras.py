"""NAME_keras_fit.py: the fit of a model by an optimiser of Keras, with nothing of gradc in it."""

from __future__ import annotations

import json

from gradc.targets.fit import FitModel
from gradc.targets.fit_keras_text import (
    DESCENTS,
    FIT,
    HEAD,
    HESSIAN_ERRORS,
    SEARCH,
    SQUARES_ERRORS,
)
from gradc.targets.fit_numpy import tables
from gradc.targets.fit_numpy_text import COMMAND
from gradc.targets.keras_text import class_name


def write(model: FitModel) -> dict[str, str]:
    """The script, which trains the model of NAME_keras.py."""
    name = model.name
    head = HEAD.replace("NAME", name).rstrip("\n").split("\n")
    pairs = [(item.name, model.users[item.name]) for item in model.function.data]
    inputs = ", ".join(f"{json.dumps(user)}: {json.dumps(name)}" for user, name in pairs)
    lines = [*head, "", f"import {name}_keras as model", "", *tables(model.function)]
    lines += [f"INPUTS = {{{inputs}}}", f"MODEL = model.{class_name(name)}Model"]
    training = model.model.training
    is_mean = training is not None and training.squares is not None
    # Only a plain sum of squares is n - p times the residual variance.
    errors = SQUARES_ERRORS if is_mean and model.residuals is not None else HESSIAN_ERRORS
    for part in (SEARCH, DESCENTS, errors, FIT, COMMAND):
        lines += part.rstrip("\n").split("\n")
    return {f"{name}_keras_fit.py": "\n".join(lines) + "\n"}
