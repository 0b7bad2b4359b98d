"""Recognise a stack of affine maps and known activations, as layers of a network are.

Networks come in two notations: with matrices (``tanh(X %*% W + outer(rep(1, n), b))``), and neuron
by neuron (``tanh(b1 + w11*x1 + w12*x2)``), where the neurons of a layer read the same signals.
Both are layers with a kernel, a bias and an activation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradc.ir import Function, Graph

ACTIVATIONS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "exp": "exponential",
}
"""Primitives that are activations, and what a network calls them."""

Cell = tuple[str, int | None]
"""An element of a parameter, counted by columns from 1; None for a scalar."""
Kernel = tuple[tuple[Cell, ...], ...]
"""A row for each input, a column for each unit."""


@dataclass(frozen=True, slots=True)
class Affine:
    """One layer: ``activation(x %*% kernel + bias)``.

    Shapes: ``kernel`` has a row for each input and a column for each unit; ``bias`` has an
    element for each unit, or none.
    """

    kernel: Kernel
    bias: tuple[Cell, ...]
    activation: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Layers, the first of which reads the data ``inputs``: a matrix, or vectors as its columns.

    The output is the one unit of the last layer, or with ``is_sum`` the sum of its units.
    """

    inputs: tuple[str, ...]
    layers: tuple[Affine, ...]
    is_sum: bool


def find_stack(function: Function) -> Stack | None:
    """The stack that a per-observation value is, None where it is none."""
    reader = _Reader(function)
    found = reader.layers([function.value], is_sum=False)
    if found is None:
        units = _terms(function.graph, function.value)
        found = reader.layers(units, is_sum=True) if len(units) > 1 else None
    return found if found is not None and _uses_all_once(function, found) else None


def _uses_all_once(function: Function, stack: Stack) -> bool:
    cells = [
        cell
        for layer in stack.layers
        for cell in (*(one for row in layer.kernel for one in row), *layer.bias)
    ]
    wanted: set[Cell] = set()
    for item in function.params:
        count = item.type.count
        wanted |= (
            {(item.name, None)}
            if count is None
            else {(item.name, place) for place in range(1, count + 1)}
        )
    return len(cells) == len(set(cells)) and set(cells) == wanted


class _Reader:
    """Reads layers from the output to the data."""

    def __init__(self, function: Function) -> None:
        self.graph: Graph = function.graph
        self.params = {item.node: item for item in function.params}
        self.data = {i.node: i for i in function.data if i.type.dtype == "real"}

    def layers(self, units: Sequence[int], *, is_sum: bool) -> Stack | None:
        found: list[Affine] = []
        while not all(node in self.data for node in units):
            layer = self._layer(units)
            if layer is None:
                return None
            affine, units = layer
            found.append(affine)
        names = tuple(self.data[node].name for node in units)
        return Stack(names, tuple(reversed(found)), is_sum) if found else None

    def _layer(self, units: Sequence[int]) -> tuple[Affine, list[int]] | None:
        """The layer whose units these are, and what it reads."""
        opened = [self._activation(node) for node in units]
        activation = opened[0][0]
        if any(name != activation for name, _ in opened):
            return None
        inner = [node for _, node in opened]
        found = self._matrix(inner[0]) if len(inner) == 1 else None
        found = found or self._neurons(inner)
        if found is None:
            return None
        kernel, bias, inputs = found
        return Affine(kernel, bias, activation), inputs

    def _activation(self, node: int) -> tuple[str, int]:
        graph = self.graph
        name, args = graph.prim(node), graph.args(node)
        if name in ACTIVATIONS:
            return ACTIVATIONS[name], args[0]
        if name == "max2":
            for one, other in (args, args[::-1]):
                if graph.is_const(one) and graph.value(one) == 0.0:
                    return "relu", other
        return "linear", node

    # ------------------------------------------------------------ matrices

    def _matrix(self, node: int) -> tuple[Kernel, tuple[Cell, ...], list[int]] | None:
        """A product of a matrix and parameters, with or without a bias."""
        graph = self.graph
        parts = [node] if graph.prim(node) != "add" else list(graph.args(node))
        products = [found for part in parts if (found := self._product(part)) is not None]
        if len(products) != 1:
            return None
        kernel, inputs = products[0]
        others = [part for part in parts if self._product(part) is None]
        if not others:
            return kernel, (), inputs
        bias = self._bias(others[0])
        return None if len(bias) != len(kernel[0]) else (kernel, bias, inputs)

    def _product(self, node: int) -> tuple[Kernel, list[int]] | None:
        graph = self.graph
        name, args = graph.prim(node), graph.args(node)
        if name not in ("matmul", "matvec", "outer") or args[1] not in self.params:
            return None
        if name == "outer" and self._is_one(args[0]):
            return None
        item = self.params[args[1]]
        if any(not size.is_known for size in item.type.shape):
            return None
        if name == "matmul":
            rows, columns = item.type.known_shape
            places = [[1 + i + rows * j for j in range(columns)] for i in range(rows)]
        else:
            line = list(range(1, (item.type.count or 0) + 1))
            places = [[place] for place in line] if name == "matvec" else [line]
        return tuple(tuple((item.name, p) for p in row) for row in places), [args[0]]

    def _bias(self, node: int) -> tuple[Cell, ...]:
        """One element for each unit, none where the node is no bias."""
        graph = self.graph
        name, args = graph.prim(node), graph.args(node)
        vector = -1
        if name == "spread_cols":
            vector = args[0]
        elif name == "outer" and self._is_one(args[0]):
            vector = args[1]
        if vector in self.params:
            item = self.params[vector]
            return tuple((item.name, place) for place in range(1, (item.type.count or 0) + 1))
        cell = self._cell(node)
        return () if cell is None else (cell,)

    def _is_one(self, node: int) -> bool:
        graph = self.graph
        if graph.prim(node) == "broadcast":
            node = graph.args(node)[0]
        return graph.is_const(node) and graph.value(node) == 1.0

    def _cell(self, node: int) -> Cell | None:
        """The scalar parameter, or the element of a vector of parameters, that a node is."""
        graph = self.graph
        if node in self.params and not graph.types[node].shape:
            return self.params[node].name, None
        if graph.prim(node) == "index" and graph.args(node)[0] in self.params:
            item = self.params[graph.args(node)[0]]
            return (item.name, graph.attrs(node)) if item.type.rank == 1 else None
        return None

    # ------------------------------------------------------------ neurons

    def _neurons(self, units: Sequence[int]) -> tuple[Kernel, tuple[Cell, ...], list[int]] | None:
        """Units one by one, each a sum of weighted signals."""
        columns: list[dict[int, Cell]] = []
        bias: list[Cell] = []
        for unit in units:
            weights: dict[int, Cell] = {}
            for term in _terms(self.graph, unit):
                cell = self._cell(term)
                if cell is not None:
                    bias.append(cell)
                    continue
                weighted = self._weighted(term)
                if weighted is None or weighted[0] in weights:
                    return None
                weights[weighted[0]] = weighted[1]
            columns.append(weights)
        signals = list(columns[0])
        if not signals or any(set(one) != set(signals) for one in columns):
            return None
        if bias and len(bias) != len(units):
            return None
        kernel = tuple(tuple(column[signal] for column in columns) for signal in signals)
        return kernel, tuple(bias), signals

    def _weighted(self, node: int) -> tuple[int, Cell] | None:
        graph = self.graph
        if graph.prim(node) != "mul":
            return None
        for one, other in (graph.args(node), graph.args(node)[::-1]):
            cell = self._cell(one)
            if cell is not None and graph.types[other].rank == 1:
                return other, cell
        return None


def _terms(graph: Graph, root: int) -> list[int]:
    """The terms of a sum, from left to right."""
    return list(_walk(graph, root))


def _walk(graph: Graph, root: int) -> Iterator[int]:
    left = [root]
    while left:
        node = left.pop()
        if graph.prim(node) == "add":
            left += reversed(graph.args(node))
        else:
            yield node
