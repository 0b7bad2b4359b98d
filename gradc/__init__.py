"""gradc: one model in, agreeing gradients out.

>>> import gradc
>>> model = gradc.compile("(y - 1/(1 + exp(-(a + b*x))))^2", wrt=["a", "b"])
>>> sorted(model.emit("r"))
['model.R']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradc.errors import Diagnostic, GradcError

if TYPE_CHECKING:
    from gradc import bridge
    from gradc.checking import Finding, Findings, check
    from gradc.fitting import Fit, fit
    from gradc.model import Evaluation, Model, compile, gradient  # noqa: A004
    from gradc.verify import Report

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Evaluation",
    "Finding",
    "Findings",
    "Fit",
    "GradcError",
    "Model",
    "Report",
    "bridge",
    "check",
    "compile",
    "fit",
    "gradient",
]

_HOMES = {
    "Evaluation": "gradc.model",
    "Finding": "gradc.checking",
    "Findings": "gradc.checking",
    "Fit": "gradc.fitting",
    "Model": "gradc.model",
    "Report": "gradc.verify",
    "check": "gradc.checking",
    "compile": "gradc.model",
    "fit": "gradc.fitting",
    "gradient": "gradc.model",
}


def __getattr__(name: str) -> Any:
    """Load a part of the API when it is first used, so that importing gradc costs nothing."""
    if name == "bridge":
        from importlib import import_module

        return import_module("gradc.bridge")
    if name not in _HOMES:
        raise AttributeError(f"module 'gradc' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext gradc`` in IPython: the magic ``%%gradc`` compiles a cell."""
    from importlib import import_module

    import_module("gradc.notebook").load_ipython_extension(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
