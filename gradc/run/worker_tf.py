"""Runs emitted TensorFlow programs and TensorFlow's own tape beside them."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import install_python
from gradc.run.wire import Tensor
from gradc.run.worker import serve, short
from gradc.run.worker_keras import Trained, check_keras, load_model
from gradc.run.worker_numpy import (
    Loaded,
    Script,
    fit_arguments,
    fit_reply,
    import_program,
    import_script,
    numpy_argument,
    reported,
    step_tensors,
    tensor_of,
)

# Function of the emitted file that each witness differentiates with a tape.
WITNESSES = {"tf-tape": "plain", "tf-custom": "value"}
# Beyond this the rows are differentiated together: a sweep a row takes half a minute for a
# thousand of them, a vectorized one half a second, and both give the same doubles.
_MANY_ROWS = 32


class TensorFlowHost:
    """TensorFlow on the CPU, eager."""

    def __init__(self) -> None:
        self._tf: Any = None

    def start(self) -> dict[str, Any]:
        try:
            import tensorflow as tf
        except ModuleNotFoundError as error:
            raise ToolchainError(
                "G401", f"TensorFlow is missing ({error})", install_python("tf")
            ) from error
        except Exception as error:
            raise ToolchainError(
                "G402", short(f"TensorFlow did not start: {error}"), install_python("tf")
            ) from error
        self._tf = tf
        return {"version": tf.__version__, "detail": f"Python {platform.python_version()}"}

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded | Trained | Script:
        if header.get("fit"):
            check_keras()
            return Script(import_script(key, header), tuple(header["data"]))
        if header["target"] == "keras":
            return load_model(key, header)
        return import_program(key, header)

    def evaluate(
        self, program: Loaded | Trained, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        tf = self._tf
        if isinstance(program, Trained):
            return program.evaluate(tf, header, arguments)
        # From an array: TensorFlow keeps scalars it has seen, and takes -0.0 for 0.0.
        values = [tf.constant(numpy_argument(v, program.dtype)) for v in arguments]
        count = program.kinds.count("param")
        value, gradients = program.module.value_and_grad(*values)
        results = {"value": tensor_of(value)}
        for index, gradient in enumerate(gradients):
            results[f"gradient.{index}"] = tensor_of(gradient)
        if header["hessian"]:
            results["hessian"] = tensor_of(self._hessian(program.module, values, count))
        results |= reported(program.module, header["reports"], values)
        said: dict[str, Any] = {"witnesses": {}}
        for name in header["witnesses"]:
            said["witnesses"][name] = self._witness(program, name, values, results)
        return said, results

    def trace(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> dict[str, Tensor]:
        tf = self._tf
        values = [tf.constant(numpy_argument(v, program.dtype)) for v in arguments]
        return step_tensors(program.module.value_and_grad, values, header["steps"])

    def _witness(
        self, program: Loaded, name: str, values: list[Any], results: dict[str, Tensor]
    ) -> dict[str, Any]:
        """Put what a tape says into ``results``; returns which gradients it has."""
        count = program.kinds.count("param")
        try:
            function = getattr(program.module, WITNESSES[name])
            value, gradients = self._tape(function, values, count)
        except Exception as error:  # noqa: BLE001 - the witness failed, not the program
            return {"error": short(f"{type(error).__name__}: {error}")}
        results[f"{name}.value"] = tensor_of(value)
        known = [index for index, gradient in enumerate(gradients) if gradient is not None]
        for index in known:
            results[f"{name}.gradient.{index}"] = tensor_of(gradients[index])
        return {"gradients": known}

    def _tape(
        self, function: Callable[..., Any], values: Sequence[Any], count: int
    ) -> tuple[Any, list[Any]]:
        """Value and tape gradients, one gradient a row where there are rows."""
        tf = self._tf
        parameters = list(values[:count])
        with tf.GradientTape(persistent=True) as tape:
            for parameter in parameters:
                tape.watch(parameter)
            value = function(*values)
            rows = tf.unstack(value) if value.shape.rank else [value]
        if len(rows) > _MANY_ROWS:
            try:
                return value, list(tape.jacobian(value, parameters))
            except (ValueError, NotImplementedError, tf.errors.OpError):
                pass  # some operation has no vectorized form: row by row it is
        sweeps = [
            [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(row, parameters)]
            for row in rows
        ]  # a gradient of what was indexed comes as slices
        if not value.shape.rank:
            return value, list(sweeps[0])
        columns: list[Any] = []
        for index in range(count):
            column = [sweep[index] for sweep in sweeps]
            missing = not column or any(entry is None for entry in column)
            columns.append(None if missing else tf.stack(column))
        return value, columns

    def _hessian(self, module: Any, values: list[Any], count: int) -> Any:
        """Second derivatives of the (summed) value, parameters flattened by column."""
        tf = self._tf
        parameters = values[:count]
        if not parameters:  # tf.concat takes no empty list
            return module.hess(tf.zeros([0], tf.float64), *values)
        if hasattr(module, "hess"):
            theta = tf.concat([_flat(tf, p) for p in parameters], axis=0)
            return module.hess(theta, *values[count:])
        with tf.GradientTape(persistent=True) as outer:
            for parameter in parameters:
                outer.watch(parameter)
            with tf.GradientTape() as inner:
                for parameter in parameters:
                    inner.watch(parameter)
                total = tf.reduce_sum(module.value(*values))
            gradients = inner.gradient(total, parameters)
            entries = [e for g in gradients for e in tf.unstack(_flat(tf, g))]
        rows = []
        for entry in entries:
            row = outer.gradient(entry, parameters, unconnected_gradients="zero")
            rows.append(tf.concat([_flat(tf, block) for block in row], axis=0))
        return tf.stack(rows)

    def fit(
        self, program: Script, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        arguments = fit_arguments(program.data, tensors)
        return fit_reply(program.module.fit(**arguments, **header["options"]))

    def forget(self, program: Loaded | Trained | Script) -> None:
        del program


def _flat(tf: Any, value: Any) -> Any:
    """The entries as a vector, first index fastest."""
    return tf.reshape(tf.transpose(value), [-1])


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(TensorFlowHost(), requests, replies)
