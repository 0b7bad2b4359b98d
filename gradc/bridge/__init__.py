"""Bridges between R and TensorFlow: R functions with right gradients in graphs, gradc inside R."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradc.model import Model

if TYPE_CHECKING:
    from gradc.bridge.emitted import EmittedR
    from gradc.bridge.graph import TensorFlowFunction

__all__ = ["r", "r_helper", "tensorflow"]

r_helper = str(Path(__file__).with_name("gradc.R"))
"""The R file that teaches reticulate to return R functions; :func:`r` reads it by itself."""


def r(
    model: Model | str,
    wrt: str | Sequence[str] | None = None,
    at: Mapping[str, Any] | None = None,
    *,
    hessian: bool = False,
) -> EmittedR:
    """The R functions of a model, for R: ``gradc <- reticulate::import("gradc")``.

    In R this is a list of R functions that need no Python any more: ``value(…)`` takes the
    model's inputs and gives the value with the attribute ``"gradient"``, as ``deriv`` does;
    ``objective(…)`` takes the data and gives ``list(par, fn, gr, he, fg)`` for ``optim``,
    ``nlminb`` and ``nlm``. ``model`` is a text, with ``wrt`` and ``at`` as in
    :func:`gradc.compile`, or a compiled model. In Python it is the code, ``.text``.

    Raises: GradcError, as :func:`gradc.compile`, in R an error with the places shown.
    """
    from gradc.bridge.emitted import emitted_r

    return emitted_r(model, wrt, at, hessian)


def tensorflow(
    r_function: str | Model,
    r_gradient: str | None = None,
    *,
    source: str | Path | Sequence[str | Path] = (),
    wrt: str | Sequence[str] | None = None,
    constant: str | Sequence[str] = (),
    shape: Sequence[int | None] = (),
    batch: bool | str | Sequence[str] = False,
    vectorized: bool = False,
    hessian: bool = False,
    timeout: float = 120.0,
    memory: int | None = None,
) -> TensorFlowFunction:
    """An R function that TensorFlow calls and differentiates.

    ``r_function`` and ``r_gradient`` are R code of a function, ``"function(p, x) …"``, or names
    of functions that the R files ``source`` define. **This runs that code**, in an R process of
    its own. ``r_gradient`` takes the same arguments; without it the value's attribute
    ``"gradient"`` is the gradient, as ``deriv`` makes it. ``wrt`` names the arguments that the
    gradient is by: the first one, unless given, as for ``optim``. The others are data: a tape
    that watches one is refused, unless ``constant`` says that no derivative by it is wanted.

    ``r_function`` may also be a :class:`~gradc.Model`: then the R code emitted for it runs, with
    its gradient and Hessian, by the model's inputs.

    Shapes: ``shape`` is the value's, a number unless given, with ``None`` for any length. The
    gradient has the value's shape, then that of the argument; R's flat forms of it are read
    (one vector, a matrix with a column an entry, a list with an element an argument).
    Arguments named in ``batch`` (``True``: all) have an axis of rows in front; R calls the
    function once a row within one round trip, or once with all rows where it is ``vectorized``,
    and the value has a row each. ``hessian`` says that the value may be asked for second
    derivatives in its attribute ``"hessian"``.
    Raises: GradcError, (G801) where these do not fit together, (G401) without TensorFlow or R,
    (G407) with R's message where the code is not read.

    >>> import gradc
    >>> f = gradc.bridge.tensorflow(
    ...     "function(p) sum((p - 3)^2)", "function(p) 2 * (p - 3)"
    ... )  # doctest: +SKIP
    """
    from gradc.bridge.construct import construct
    from gradc.bridge.signature import Options

    options = Options(wrt, constant, shape, batch, vectorized, hessian)
    return construct(r_function, r_gradient, source, options, timeout, memory)
