"""The layer of a model that is a stack of ``keras.layers.Dense``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from gradc.ir import Function, Input
from gradc.passes import Affine, Cell, Stack
from gradc.targets.python import braces, call, tuple_lines

# Keras' own derivative of a sigmoid, p*(1 - p), has no digit left where p rounds to 1; nor has
# that of tanh. These have the same values.
ACTIVATIONS: Mapping[str, str] = {
    "sigmoid": '''\
@keras.saving.register_keras_serializable(package="gradc")
@tf.custom_gradient
def sigmoid(x):
    """Keras' sigmoid, with a derivative that keeps its digits where the value is near 1."""
    p = keras.activations.sigmoid(x)
    return p, lambda upstream: upstream * p * tf.sigmoid(-x)
''',
    "tanh": '''\
@keras.saving.register_keras_serializable(package="gradc")
@tf.custom_gradient
def tanh(x):
    """Keras' tanh, with a derivative that keeps its digits where the value is near 1."""
    return keras.activations.tanh(x), lambda upstream: upstream * tf.square(1.0 / tf.cosh(x))
''',
}


COLUMNS = '''\
def _columns(*vectors):
    """Vectors as the columns of a matrix."""
    return tf.stack([tf.reshape(v, [-1]) for v in _recycled(*vectors)], axis=1)
'''

AT = '''\
def _at(values, place):
    """An element of an initial value, where there is one."""
    return None if values is None else values[place]
'''


STACK_FUNCTIONS = {"_columns": COLUMNS, "_at": AT}


class StackWriter:
    """Lines of a layer's methods that depend on the stack."""

    def __init__(self, stack: Stack, function: Function, users: Mapping[str, str]) -> None:
        self.stack = stack
        self.params = {item.name: item for item in function.params}
        self.data = {item.name: item for item in function.data}
        self.users = users

    def names(self, layer: int) -> list[str]:
        """What the weights of a layer, counted from 0, are called."""
        bias = [f"bias{layer + 1}"] if self.stack.layers[layer].bias else []
        return [f"kernel{layer + 1}", *bias]

    def activations(self) -> list[str]:
        """The functions that the layers use for their activations."""
        used = {layer.activation for layer in self.stack.layers}
        return [text for name, text in ACTIVATIONS.items() if name in used]

    def layers(self) -> list[str]:
        """The statements that make the layers."""
        lines: list[str] = []
        for number, layer in enumerate(self.stack.layers):
            units = len(layer.kernel[0])
            arguments = [str(units)]
            if layer.activation in ACTIVATIONS:
                arguments.append(f"activation={layer.activation}")
            elif layer.activation != "linear":
                arguments.append(f'activation="{layer.activation}"')
            arguments.append(f"kernel_initializer={self._start(layer.kernel)}")
            if layer.bias:
                arguments.append(f"bias_initializer={self._start([layer.bias])}")
            else:
                arguments.append("use_bias=False")
            arguments += [f'name="dense{number + 1}"', "dtype=dtype"]
            start = f"self.dense{number + 1} = keras.layers.Dense"
            lines += call(start, arguments, "", 8)
            lines.append(f"        self.dense{number + 1}.build((None, {len(layer.kernel)}))")
        return lines

    def _start(self, rows: Sequence[Sequence[Cell]]) -> str:
        """An initializer for elements of parameters."""
        cells = list(chain.from_iterable(rows))
        if len({name for name, _ in cells}) == 1 and len(cells) == self._count(cells[0][0]):
            return f'_start(start["{self.users[cells[0][0]]}"])'
        texts = [f"[{', '.join(map(self._cell, row))}]" for row in rows]
        return f"_start([{', '.join(texts)}])"

    def _count(self, name: str) -> int:
        return self.params[name].type.count or 1

    def _cell(self, cell: Cell) -> str:
        name, place = cell
        value = f'start["{self.users[name]}"]'
        return value if place is None else f"_at({value}, {place - 1})"

    def call(self) -> list[str]:
        """The statements that compute the output from ``inputs``."""
        names = self.stack.inputs
        texts = [f'inputs["{self.users[name]}"]' for name in names]
        if self.data[names[0]].type.rank == 2:
            lines = [f"        signal = {texts[0]}"]
        elif len(names) == 1:
            lines = [f"        signal = tf.reshape({texts[0]}, [-1, 1])"]
        else:
            lines = call("signal = _columns", texts, "", 8)
        count = len(self.stack.layers)
        lines += [f"        signal = self.dense{i}(signal)" for i in range(1, count + 1)]
        end = "tf.reduce_sum(signal, axis=1)" if self.stack.is_sum else "signal[:, 0]"
        return [*lines, f"        return {end}"]

    def by_parameter(self) -> list[str]:
        """The statements that give tensors, one a weight, by parameter."""
        count = len(self.stack.layers)
        weights = list(chain.from_iterable(self.names(i) for i in range(count)))
        left = ", ".join(weights) + ("," if len(weights) == 1 else "")
        lines = [f"        {left} = tensors"]
        places = self._places()
        entries = [
            f'"{self.users[n]}": {self._parameter(p, places)}' for n, p in self.params.items()
        ]
        return [*lines, *braces(tuple_lines("return ", entries, 8))]

    def _places(self) -> dict[Cell, str]:
        """Where each element of a parameter is found."""
        found: dict[Cell, str] = {}
        for number, layer in enumerate(self.stack.layers, 1):
            for i, row in enumerate(layer.kernel):
                for j, cell in enumerate(row):
                    found[cell] = f"kernel{number}[{i}, {j}]"
            for j, cell in enumerate(layer.bias):
                found[cell] = f"bias{number}[{j}]"
        return found

    def _parameter(self, item: Input, places: Mapping[Cell, str]) -> str:
        """A parameter as an expression in the weights."""
        if not item.type.shape:
            return places[item.name, None]
        for number, layer in enumerate(self.stack.layers, 1):
            whole = _whole(layer, item)
            if whole is not None:
                return whole.format(number)
        cells = [(item.name, place) for place in range(1, (item.type.count or 0) + 1)]
        return f"tf.stack([{', '.join(places[cell] for cell in cells)}])"


def _whole(layer: Affine, item: Input) -> str | None:
    """A parameter that is a kernel or a bias, in order; None for one that is in pieces."""
    places = tuple((item.name, place) for place in range(1, (item.type.count or 0) + 1))
    if layer.bias == places:
        return "bias{}"
    if item.type.rank == 2 and layer.kernel[0][0][0] == item.name:
        return "kernel{}"
    if tuple(row[0] for row in layer.kernel) == places:
        return "kernel{}[:, 0]"
    if len(layer.kernel) == 1 and layer.kernel[0] == places:
        return "kernel{}[0]"
    return None
