"""Runs emitted Keras models, in the process that has TensorFlow.

What is asked of a model is what training asks of it: the objective, and a tape's gradient in the
weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import install_python
from gradc.run.wire import Tensor
from gradc.run.worker import ProgramError, short
from gradc.run.worker_numpy import Loaded, import_program, numpy_argument, tensor_of


@dataclass(frozen=True, slots=True)
class Trained:
    """An imported program, its class of models, and the names of its arguments."""

    program: Loaded
    model: type[Any]
    names: tuple[str, ...]

    def evaluate(
        self, tf: Any, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Objective, gradient and reports of a model whose weights start at the parameters."""
        program = self.program
        values = [numpy_argument(v, program.dtype) for v in arguments]
        count = program.kinds.count("param")
        named = dict(zip(self.names, values, strict=True))
        model = self.model(*values[:count], dtype=program.dtype)
        data = {name: tf.constant(named[name]) for name in self.names[count:]}
        with tf.GradientTape() as tape:
            objective = model.objective(data)
        weights = model.trainable_weights
        found = tape.gradient(objective, [weight.value for weight in weights])
        gradients = model.layer.by_parameter(found)
        if header["per_observation"]:
            objective = model.terms(data, model(data))
        results = {"value": tensor_of(objective)}
        for index, name in enumerate(self.names[:count]):
            if gradients[name] is None:
                raise ProgramError(f"the tape has no gradient of {name}")
            results[f"gradient.{index}"] = tensor_of(tf.convert_to_tensor(gradients[name]))
        if header["reports"]:
            said = model.report(data)
            for number, label in enumerate(header["reports"]):
                results[f"report.{number}"] = tensor_of(said[label])
        return {"witnesses": {}}, results


def load_model(key: str, header: Mapping[str, Any]) -> Trained:
    """Import an emitted Keras file.

    Raises: ToolchainError where Keras is missing (G401) or does not start (G402).
    """
    check_keras()
    program = import_program(key, header)
    models = [v for k, v in vars(program.module).items() if k.endswith("Model")]
    if len(models) != 1:
        raise ProgramError(f"{len(models)} models in the file, not one")
    return Trained(program, models[0], tuple(header["names"]))


def check_keras() -> str:
    """The version of Keras, which computes with TensorFlow here.

    Raises: ToolchainError where it is missing (G401) or does not start (G402).
    """
    try:
        import keras
    except ModuleNotFoundError as error:
        raise ToolchainError(
            "G401", f"Keras is missing ({error})", install_python("keras")
        ) from error
    except Exception as error:
        raise ToolchainError(
            "G402", short(f"Keras did not start: {error}"), install_python("keras")
        ) from error
    version: str = keras.__version__
    if int(version.partition(".")[0]) < _OLDEST or keras.backend.backend() != "tensorflow":
        found = f"Keras {version} with {keras.backend.backend()}"
        raise ToolchainError(
            "G402",
            f"target keras needs Keras 3 with TensorFlow, not {found}",
            install_python("keras"),
        )
    return version


_OLDEST = 3
