"""Runs a Python file that somebody wrote, and calls its functions; started by the child."""

from __future__ import annotations

import inspect
import linecache
import os
import platform
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradc.run.watched import Watch
from gradc.run.wire import Tensor
from gradc.run.worker import serve, short
from gradc.run.worker_numpy import import_file, numpy_argument, tensor_of

_LARGEST = 1_000_000
_MOST_AXES = 2


@dataclass
class UserModule:
    """A file that was imported, or what it raised."""

    path: Path
    module: Any = None
    raised: dict[str, Any] | None = None
    tapes: list[dict[str, Any]] = field(default_factory=list)


class PythonHost:
    """Python itself, with whatever the file imports."""

    def start(self) -> dict[str, Any]:
        os.environ.setdefault("MPLBACKEND", "Agg")
        return {"version": platform.python_version(), "detail": "code of the user"}

    def load(self, key: str, header: Mapping[str, Any]) -> UserModule:
        """Import the file with its own folder as the working directory."""
        path = Path(header["path"])
        os.chdir(path.parent)
        sys.path.insert(0, str(path.parent))
        sys.argv = [str(path)]
        found = UserModule(path)
        watch = Watch(str(path))
        with ExitStack() as stack:
            if header["tensorflow"]:
                stack.enter_context(watch.tapes())
            try:
                found.module = import_file(path.stem, path)
            except BaseException as error:  # noqa: BLE001 - user code may raise anything
                found.raised = raised(error, path)
        found.tapes = watch.log
        return found

    def evaluate(
        self, program: UserModule, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        if program.raised is not None:
            return {"raised": program.raised, "tapes": program.tapes}, {}
        if header["ask"] == "describe":
            return described(program)
        return Call(program, header, arguments).answer()

    def forget(self, program: UserModule) -> None:
        del program


def raised(error: BaseException, path: Path) -> dict[str, Any]:
    """What user code raised: the last line of it, and the last line number in the user's file."""
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if step.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    message = str(error).strip().partition("\n")[0]
    words = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return {"message": short(words), "line": lines[-1] if lines else None}


def described(program: UserModule) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The functions of a module and the numbers that its global names stand for."""
    functions: dict[str, Any] = {}
    numbers: dict[str, Any] = {}
    tensors: dict[str, Tensor] = {}
    for name, value in vars(program.module).items():
        if name.startswith("__"):
            continue
        kind = kind_of(value)
        if kind is not None:
            numbers[name] = kind
            tensors[name] = tensor_of(_array(value))
        elif inspect.isfunction(inspect.unwrap(value) if callable(value) else value):
            functions[name] = True
    return {"numbers": numbers, "functions": functions, "tapes": program.tapes}, tensors


def kind_of(value: Any) -> str | None:
    """``number``, ``numpy.float64``, ``tensor.float32``, ``variable.float32``; None otherwise."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return None
    if isinstance(value, (int, float)):
        return "number"
    tf = sys.modules.get("tensorflow")
    if tf is not None and isinstance(value, (tf.Tensor, tf.Variable)):
        is_variable = isinstance(value, tf.Variable)
        if not (value.dtype.is_floating or value.dtype.is_integer) or value.shape.rank is None:
            return None
        return f"{'variable' if is_variable else 'tensor'}.{tf.as_dtype(value.dtype).name}"
    np = sys.modules.get("numpy")
    if np is None:
        return None
    if isinstance(value, (np.ndarray, np.generic)):
        fits = value.dtype.kind in "fiu" and value.ndim <= _MOST_AXES and value.size <= _LARGEST
        return f"numpy.{value.dtype.name}" if fits else None
    if isinstance(value, (list, tuple)) and 0 < len(value) <= _LARGEST:
        try:
            return "list" if np.asarray(value).dtype.kind in "fiu" else None
        except ValueError:
            return None
    return None


def _array(value: Any) -> Any:
    import numpy as np

    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def argument(value: Tensor, form: str) -> Any:
    """A tensor of the wire in the form that a function of the user takes."""
    kind, _, dtype = form.partition(".")
    if kind == "number":
        number = value.data[0]
        return int(number) if dtype.startswith("int") else number
    if kind == "list":
        return value.nested()
    array = numpy_argument(value, dtype or "float64")
    if kind == "numpy":
        return array[()]
    import tensorflow as tf

    return tf.Variable(array) if kind == "variable" else tf.constant(array)


class Call:
    """One call of a function of the user, perhaps below a tape that looks on."""

    def __init__(
        self, program: UserModule, header: Mapping[str, Any], tensors: Sequence[Tensor]
    ) -> None:
        self.program = program
        self.header = header
        self.values = {
            item["name"]: argument(value, item["form"])
            for item, value in zip(header["arguments"], tensors, strict=True)
        }
        self.positions = [i["name"] for i in header["arguments"] if i["by"] == "position"]
        self.globals = [i["name"] for i in header["arguments"] if i["by"] == "global"]
        self.watch = Watch(str(program.path))

    def answer(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What the function gives, or what the tape gives of it."""
        module = self.program.module
        previous = {name: vars(module).get(name) for name in self.globals}
        for name in self.globals:
            self._replace(name, self.values[name])
        linecache.checkcache(str(self.program.path))
        try:
            result = self._result()
        except BaseException as error:  # noqa: BLE001 - user code may raise anything
            return {"raised": raised(error, self.program.path)}, {}
        finally:
            for name, value in previous.items():
                self._replace(name, value)
        said, tensors = packed(result)
        said |= {"tapes": self.watch.log, "lines": self.watch.lines, "calls": self.watch.calls}
        return said, tensors

    def _replace(self, name: str, value: Any) -> None:
        """Give a global name a value; a variable stays the object that it is."""
        held = vars(self.program.module).get(name)
        if hasattr(held, "assign") and hasattr(value, "numpy"):
            held.assign(value.numpy())
            if name in self.values:
                self.values[name] = held
        else:
            setattr(self.program.module, name, value)

    def _result(self) -> Any:
        function = vars(self.program.module)[self.header["function"]]
        positions = [self.values[name] for name in self.positions]
        if not self.header["tape"] and not self.header["trace"]:
            with self.watch.called(self.header["watched"]):
                return function(*positions)
        import tensorflow as tf

        sources = [self.values[name] for name in self.header["wrt"]]
        sources = [tf.convert_to_tensor(s) if not hasattr(s, "dtype") else s for s in sources]
        return self._taped(tf, function, positions, sources)

    def _taped(self, tf: Any, function: Any, positions: list[Any], sources: list[Any]) -> Any:
        """The call below a tape of our own, which sees what the user's tape does not."""
        compiled = self.header["trace"] and "tf.function" in self.program.path.read_text()
        if compiled:
            tf.config.run_functions_eagerly(True)
        with tf.GradientTape(persistent=True) as tape:
            for source in sources:
                tape.watch(source)
            with self.watch.tapes(), self.watch.traced(self.header["trace"]):
                result = function(*positions)
            value = self._value(tf, result)
        if self.header["trace"]:
            self.watch.settle(tf, tape, sources)
        if compiled:
            tf.config.run_functions_eagerly(False)
        if not self.header["tape"]:
            return result
        if not isinstance(value, tf.Tensor):
            return [None] * len(sources)
        found = tape.gradient(value, sources)
        return [None if one is None else tf.convert_to_tensor(one) for one in found]

    def _value(self, tf: Any, result: Any) -> Any:
        if isinstance(result, (tuple, list)) and result and self.header["tape"]:
            result = result[0]
        is_float = isinstance(result, tf.Tensor) and result.dtype.is_floating
        return tf.reduce_sum(result) if is_float else result


def packed(result: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A result as tensors with a description of each part; lists are opened once."""
    if isinstance(result, Mapping):
        keys, parts = [str(key) for key in result], list(result.values())
    elif isinstance(result, (tuple, list)) and not _is_flat(result):
        keys, parts = [], list(result)
    else:
        keys, parts = [], [result]
    described: list[dict[str, Any]] = []
    tensors: dict[str, Tensor] = {}
    for number, part in enumerate(parts):
        kind = "none" if part is None else kind_of(part) or type(part).__name__
        described.append({"kind": kind})
        if hasattr(part, "values") and hasattr(part, "indices"):  # slices of a gather
            import tensorflow as tf

            part, kind = tf.convert_to_tensor(part), "tensor"
        if kind_of(part) is not None:
            tensors[str(number)] = tensor_of(_array(part))
    is_list = isinstance(result, (tuple, list, Mapping)) and not _is_flat(result)
    return {"parts": described, "keys": keys, "several": is_list}, tensors


def _is_flat(result: Any) -> bool:
    """Whether a list is one vector of numbers of Python."""
    return isinstance(result, (list, tuple)) and all(isinstance(e, (int, float)) for e in result)


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(PythonHost(), requests, replies)
