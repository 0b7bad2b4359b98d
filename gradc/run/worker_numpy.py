"""Runs emitted NumPy programs; started by :mod:`gradc.run.child`."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import install_python
from gradc.run.wire import Tensor
from gradc.run.worker import ProgramError, serve, write_files


@dataclass(frozen=True, slots=True)
class Loaded:
    """An imported program and how it is called."""

    module: Any
    kinds: tuple[str, ...]
    dtype: str


def import_program(key: str, header: Mapping[str, Any]) -> Loaded:
    """Import an emitted Python file under a name of its own."""
    path = write_files(key, header)
    module = import_file(f"gradc_program_{key}", path)
    return Loaded(module, tuple(header["kinds"]), header["dtype"])


def import_file(name: str, path: Path) -> Any:
    """The module in a file, read anew."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ProgramError(f"{path.name} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reported(module: Any, labels: Sequence[str], values: Sequence[Any]) -> dict[str, Tensor]:
    """What the program's ``report`` gives, by the number of each label."""
    if not labels:
        return {}
    found = module.report(*values)
    return {f"report.{number}": tensor_of(found[label]) for number, label in enumerate(labels)}


def numpy_argument(value: Tensor, dtype: str) -> Any:
    """A tensor as NumPy array, of no axes for a scalar."""
    import numpy as np

    return np.frombuffer(value.data, dtype=np.float64).reshape(value.shape).astype(dtype)


def tensor_of(value: Any) -> Tensor:
    """A result as doubles; float32 widens exactly."""
    from array import array

    import numpy as np

    result = np.asarray(value)
    if result.dtype.kind not in "fiub":
        raise ProgramError(f"a result is of type {result.dtype}, not a number")
    flat = array("d")
    flat.frombytes(np.ascontiguousarray(result, dtype=np.float64).tobytes())
    return Tensor(result.shape, flat)


class NumpyHost:
    """NumPy, and SciPy where a program imports it."""

    def start(self) -> dict[str, Any]:
        try:
            import numpy as np
        except ImportError as error:
            raise ToolchainError(
                "G401", f"NumPy is missing ({error})", install_python("numpy")
            ) from error
        # Poles and overflow are answers here, not accidents.
        np.seterr(all="ignore")
        return {
            "version": np.__version__,
            "detail": f"Python {platform.python_version()}",
        }

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded:
        return import_program(key, header)

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        import numpy as np

        # [()] makes a NumPy scalar of an array without axes and leaves others alone.
        values = [numpy_argument(value, program.dtype)[()] for value in arguments]
        value, gradients = program.module.value_and_grad(*values)
        results = {"value": tensor_of(value)}
        for index, gradient in enumerate(gradients):
            results[f"gradient.{index}"] = tensor_of(gradient)
        if header["hessian"]:
            count = program.kinds.count("param")
            flat = [np.asarray(v, order="F").ravel(order="F") for v in values[:count]]
            theta = np.concatenate(flat) if flat else np.zeros(0, program.dtype)
            results["hessian"] = tensor_of(program.module.hess(theta, *values[count:]))
        return {}, results | reported(program.module, header["reports"], values)

    def forget(self, program: Loaded) -> None:
        del program


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(NumpyHost(), requests, replies)
