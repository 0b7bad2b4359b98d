"""From what the caller says to a function that TensorFlow can call."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradc.bridge.functions import Code, RProcess
from gradc.bridge.model import model_bridge
from gradc.bridge.signature import Options, signature_of
from gradc.errors import fail
from gradc.model import Model
from gradc.run.remedy import install_python

if TYPE_CHECKING:
    from gradc.bridge.graph import TensorFlowFunction


def construct(
    r_function: str | Model,
    r_gradient: str | None,
    source: str | Path | Sequence[str | Path],
    options: Options,
    timeout: float,
    memory: int | None,
) -> TensorFlowFunction:
    """See :func:`gradc.bridge.tensorflow`. TensorFlow is imported here, and R is started."""
    if find_spec("tensorflow") is None:
        raise fail("G401", "TensorFlow is missing", suggestion=install_python("tf"))
    from gradc.bridge.graph import TensorFlowFunction

    given: Any = r_function, r_gradient or ""
    if not all(isinstance(one, (str, Model)) for one in given):
        raise fail("G801", "an R function is given by its code, or by its name in source=")
    if isinstance(r_function, Model) and (r_gradient is not None or source):
        raise fail("G801", "r_gradient and source= are for R functions: a model has its own")
    if isinstance(r_function, Model):
        code, signature = model_bridge(r_function, options)
        return TensorFlowFunction(RProcess(code, timeout, memory), signature)
    code = Code(r_function, r_gradient, _files(source))
    process = RProcess(code, timeout, memory)
    try:
        return TensorFlowFunction(process, signature_of(process, options))
    except BaseException:
        process.close()
        raise


def _files(source: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    """Whole paths of R files.

    Raises: GradcError (G011) for one that is not there.
    """
    paths = [source] if isinstance(source, (str, Path)) else list(source)
    for path in paths:
        if not Path(path).is_file():
            raise fail("G011", f"cannot read '{path}': there is no such file")
    return tuple(str(Path(path).resolve()) for path in paths)
