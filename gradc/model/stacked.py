"""A stack of layers as a function: what Keras computes forwards, and a tape backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradc.ir import Function
from gradc.passes import Affine, Cell, Stack
from gradc.prims import Builder


@dataclass(frozen=True, slots=True)
class _Turn:
    """One layer: what it reads, its kernel, and its units before and after the activation."""

    layer: Affine
    read: int
    kernel: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """The layers of a stack as nodes of a graph."""

    builder: Builder
    stack: Stack
    function: Function
    turns: tuple[_Turn, ...]
    output: int

    def gradients(self, upstream: int) -> dict[str, int]:
        """The gradient of each parameter for a cotangent of the output."""
        builder, last = self.builder, self.turns[-1]
        if self.stack.is_sum:
            bar = builder.apply("spread_rows", [upstream, last.after])
        else:
            bar = builder.apply("bind_cols", [upstream])
        cells: dict[Cell, int] = {}
        whole: dict[str, int] = {}
        for turn in reversed(self.turns):
            bar = _through(builder, turn, bar)
            product = builder.apply("matmul", [builder.apply("t", [turn.read]), bar])
            for i, row in enumerate(turn.layer.kernel):
                for j, cell in enumerate(row):
                    whole.setdefault(cell[0], product)
                    cells[cell] = builder.apply("entry", [product], (i + 1, j + 1))
            if turn.layer.bias:
                sums = builder.apply("col_sums", [bar])
                for j, cell in enumerate(turn.layer.bias):
                    cells[cell] = builder.apply("index", [sums], j + 1)
            if turn is not self.turns[0]:
                bar = builder.apply("matmul", [bar, builder.apply("t", [turn.kernel])])
        return {
            item.name: self._collected(item.name, cells, whole) for item in self.function.params
        }

    def _collected(self, name: str, cells: Mapping[Cell, int], whole: Mapping[str, int]) -> int:
        type_ = self.function.input(name).type
        if type_.rank == 2:
            return whole[name]
        if type_.rank == 0:
            return cells[name, None]
        places = range(1, (type_.count or 0) + 1)
        return self.builder.apply("stack", [cells[name, place] for place in places])


def stacked(
    builder: Builder, stack: Stack, function: Function, nodes: Mapping[str, int]
) -> Stacked:
    """The layers of a stack, over the nodes of a function's inputs."""
    types = builder.graph.types
    read = [nodes[name] for name in stack.inputs]
    value = read[0] if types[read[0]].rank == 2 else builder.apply("bind_cols", read)
    turns: list[_Turn] = []
    for layer in stack.layers:
        kernel = _kernel(builder, layer, nodes, types[nodes[layer.kernel[0][0][0]]].rank)
        before = builder.apply("matmul", [value, kernel])
        if layer.bias:
            bias = builder.apply("stack", [_cell(builder, cell, nodes) for cell in layer.bias])
            before = builder.add(before, builder.apply("spread_cols", [bias, before]))
        after = _activated(builder, layer.activation, before)
        turns.append(_Turn(layer, value, kernel, before, after))
        value = after
    if stack.is_sum:
        output = builder.apply("row_sums", [value])
    else:
        output = builder.apply("get_col", [value], 1)
    return Stacked(builder, stack, function, tuple(turns), output)


def _kernel(builder: Builder, layer: Affine, nodes: Mapping[str, int], rank: int) -> int:
    """The kernel as a matrix: a parameter itself, or put together from elements."""
    if rank == 2:
        return nodes[layer.kernel[0][0][0]]
    columns = zip(*layer.kernel, strict=True)
    stacks = [[_cell(builder, cell, nodes) for cell in column] for column in columns]
    return builder.apply("bind_cols", [builder.apply("stack", cells) for cells in stacks])


def _cell(builder: Builder, cell: Cell, nodes: Mapping[str, int]) -> int:
    name, place = cell
    return nodes[name] if place is None else builder.apply("index", [nodes[name]], place)


def _activated(builder: Builder, name: str, node: int) -> int:
    if name == "linear":
        return node
    if name == "relu":
        return builder.apply("max2", [node, builder.const(0.0)])
    return builder.apply("exp" if name == "exponential" else name, [node])


def _through(builder: Builder, turn: _Turn, bar: int) -> int:
    """The cotangent before the activation, from that after it."""
    name, x, one = turn.layer.activation, turn.before, builder.const(1.0)
    if name == "sigmoid":
        away = builder.apply("sigmoid", [builder.neg(x)])
        return builder.mul(builder.mul(bar, turn.after), away)
    if name == "tanh":
        slope = builder.apply("div", [one, builder.apply("cosh", [x])])
        return builder.mul(bar, builder.apply("pow", [slope, builder.const(2.0)]))
    if name == "exponential":
        return builder.mul(bar, turn.after)
    if name == "softplus":
        below = builder.add(builder.apply("exp", [builder.neg(x)]), one)
        return builder.apply("div", [bar, below])
    if name == "relu":
        is_up = builder.apply("gt", [x, builder.const(0.0)])
        return builder.apply("select", [is_up, bar, builder.const(0.0)])
    return bar
