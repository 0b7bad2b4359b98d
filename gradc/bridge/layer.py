"""A Keras layer that calls R."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from gradc.bridge.signature import Signature
from gradc.errors import fail

if TYPE_CHECKING:
    from gradc.bridge.graph import TensorFlowFunction


class RLayer(keras.layers.Layer):  # type: ignore[misc]
    """An R function with some arguments as trainable weights and the others as inputs.

    R computes in float64, and so does the layer, unless ``dtype`` says otherwise. Keras saves
    its weights, not the R function.
    """

    def __init__(
        self,
        function: TensorFlowFunction,
        signature: Signature,
        weights: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(**{"dtype": "float64", **options})
        # Keras compiles with XLA by itself, unless a layer says that it cannot be.
        self.supports_jit = False
        self._function = function
        self._signature = signature
        self._inputs = [
            name
            for name in signature.names
            if name not in weights
            and name not in signature.defaults
            and name not in signature.optional
        ]
        self._own = {
            name: self.add_weight(
                shape=value.shape,
                initializer=keras.initializers.Constant(value),
                trainable=True,
                name=name,
            )
            for name, value in _checked(weights, signature).items()
        }

    def call(self, inputs: Any) -> Any:
        """The function's value for each row."""
        given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if len(given) != len(self._inputs):
            raise fail(
                "G801",
                f"the layer of {self._signature.label} takes {', '.join(self._inputs)},"
                f" and {len(given)} tensors are given",
            )
        named = dict(zip(self._inputs, given, strict=True))
        return self._function(**named, **self._own)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The rows of the inputs, then the shape of one value."""
        first = input_shape[0] if isinstance(input_shape, list) else input_shape
        front = (first[0],) if self._signature.batch else ()
        return (*front, *self._signature.shape)


def _checked(weights: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """Initial values of weights that the function has derivatives in.

    Raises: GradcError (G801) for an argument that is none, or has rows.
    """
    for name in weights:
        if name not in signature.wrt:
            listed = ", ".join(signature.wrt)
            raise fail("G801", f"weights= names '{name}', and the derivatives are by {listed}")
        if name in signature.batch:
            raise fail("G801", f"'{name}' has rows, and so it cannot be a weight")
    return {name: np.asarray(value, np.float64) for name, value in weights.items()}


def layer(
    function: TensorFlowFunction,
    signature: Signature,
    weights: Mapping[str, Any],
    options: Mapping[str, Any],
) -> RLayer:
    """See :meth:`gradc.bridge.graph.TensorFlowFunction.layer`."""
    return RLayer(function, signature, weights, options)
