"""Runs emitted NumPy programs; started by :mod:`gradc.run.child`."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import install_python
from gradc.run.wire import Tensor
from gradc.run.worker import ProgramError, serve, short, write_files


@dataclass(frozen=True, slots=True)
class Script:
    """An imported fit script, and the names of its data."""

    module: Any
    data: tuple[str, ...]


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


def import_script(key: str, header: Mapping[str, Any]) -> Any:
    """The module of an emitted script, which finds the other files of its program beside it."""
    path = write_files(key, header)
    folder = str(path.parent)
    beside = [Path(name).stem for name in header["files"] if name.endswith(".py")]
    for name in beside:  # another program's file may have had this name
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    sys.path.insert(0, folder)
    try:
        return import_file(f"gradc_fit_{key}", path)
    finally:
        sys.path.remove(folder)
        for name in beside:
            sys.modules.pop(name, None)


def fit_arguments(names: Sequence[str], tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """What the function ``fit`` of a script in Python takes."""
    found: dict[str, Any] = {
        name: numpy_argument(tensors[name], "float64") for name in ("start", "lower", "upper")
    }
    found["data"] = {
        name: numpy_argument(tensors[f"data.{number}"], "float64")[()]
        for number, name in enumerate(names)
    }
    return found


def fit_reply(found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What ``fit`` returned, for the way back."""
    said = {"se_kind": found["se_kind"], "message": found["message"]}
    said |= {"claimed": bool(found["claimed"]), "seconds": float(found["seconds"])}
    said |= {name: _whole(found["counts"][name]) for name in ("fn", "gr")}
    names = ("par", "se", "objective", "path", "gradient")
    parts = {name: tensor_of(found[name]) for name in names if found.get(name) is not None}
    parts["objective"] = Tensor((1,), parts["objective"].data)
    return said, parts


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def reported(module: Any, labels: Sequence[str], values: Sequence[Any]) -> dict[str, Tensor]:
    """What the program's ``report`` gives, by the number of each label."""
    if not labels:
        return {}
    found = module.report(*values)
    return {f"report.{number}": tensor_of(found[label]) for number, label in enumerate(labels)}


def step_tensors(
    function: Any, values: Sequence[Any], steps: Sequence[tuple[str, int | None]]
) -> dict[str, Tensor]:
    """The named local variables of a function at the moment at which it returns."""
    seen: dict[str, Any] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is function.__code__:
            seen.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        function(*values)
    finally:
        sys.setprofile(before)
    wanted = ((number, name) for number, (name, _) in enumerate(steps) if name in seen)
    return {f"step.{number}": tensor_of(seen[name]) for number, name in wanted}


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

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded | Script:
        if header.get("fit"):
            return Script(import_script(key, header), tuple(header["data"]))
        return import_program(key, header)

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        import numpy as np

        # [()] makes a NumPy scalar of an array without axes and leaves others alone.
        values = [numpy_argument(value, program.dtype)[()] for value in arguments]
        try:
            value, gradients = program.module.value_and_grad(*values)
        except NotImplementedError as error:
            raise ToolchainError("G408", short(str(error))) from error
        results = {"value": tensor_of(value)}
        for index, gradient in enumerate(gradients):
            results[f"gradient.{index}"] = tensor_of(gradient)
        if header["hessian"]:
            count = program.kinds.count("param")
            flat = [np.asarray(v, order="F").ravel(order="F") for v in values[:count]]
            theta = np.concatenate(flat) if flat else np.zeros(0, program.dtype)
            results["hessian"] = tensor_of(program.module.hess(theta, *values[count:]))
        return {}, results | reported(program.module, header["reports"], values)

    def trace(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> dict[str, Tensor]:
        values = [numpy_argument(value, program.dtype)[()] for value in arguments]
        return step_tensors(program.module.value_and_grad, values, header["steps"])

    def fit(
        self, program: Script, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        return fit_reply(program.module.fit(**fit_arguments(program.data, tensors)))

    def forget(self, program: Loaded | Script) -> None:
        del program


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(NumpyHost(), requests, replies)
