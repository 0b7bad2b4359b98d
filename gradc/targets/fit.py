"""What the writer of a fit script is told, and what fit scripts of several targets share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradc.emit import EmitModel, Emitted
from gradc.ir import Function


@dataclass(frozen=True, slots=True)
class Rows:
    """A per-observation part of a least squares objective, written as a model of its own.

    ``name`` is that model's name; its inputs are those of the whole model, in the same order and
    under the same emitted names.
    """

    name: str
    emitted: Emitted


@dataclass(frozen=True, slots=True)
class FitModel:
    """One model as the writer of a fit script sees it.

    ``model`` and ``emitted`` are the target's ordinary files, whose functions the script calls;
    ``model.hessian`` is None where there are no second derivatives. For least squares there are
    ``residuals`` (``response - mean`` or its negative), and where the residuals are such a
    difference the ``mean`` and the ``response``, which has no parameter in it; ``response_name``
    is the user's name of the response where it is an input as it stands. Where the objective is
    only a positive multiple of a sum of squares, there are ``scaled_residuals`` instead: the
    search may use them, standard errors may not.
    """

    model: EmitModel
    emitted: Emitted
    residuals: Rows | None = None
    scaled_residuals: Rows | None = None
    mean: Rows | None = None
    response: Rows | None = None
    response_name: str | None = None

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def function(self) -> Function:
        """The function whose inputs have the starting values and bounds."""
        return self.model.value

    @property
    def users(self) -> Mapping[str, str]:
        """The emitted name of each of the user's inputs."""
        return self.emitted.names


WriteFit = Callable[[FitModel], dict[str, str]]
"""``write(model)``: the files of a stand-alone fit, those that it calls left out."""


def starts(function: Function) -> list[float | None]:
    """The model's own starting values, element by element in the order of a gradient's columns."""
    found: list[float | None] = []
    for item in function.params:
        count = item.type.count or 1
        default = item.default
        found += list(default) if isinstance(default, tuple) else [default] * count
    return found


def shapes(function: Function) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter by the user's name."""
    return {item.name: item.type.known_shape for item in function.params}


def labels(function: Function) -> list[str]:
    """A name for each element, as the columns of a gradient have them."""
    found: list[str] = []
    for item in function.params:
        count = item.type.count
        if count is None:
            found.append(item.name)
        else:
            found += [item.name + item.type.element(k + 1) for k in range(count)]
    return found
