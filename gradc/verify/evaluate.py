"""Evaluation of a function in ball arithmetic, node by node in the order of their ids.

A node's value is a list of cells, one a row; a list of one cell recycles against any other. A
cell is a ``flint.arb`` ball, or for a condition ``True``, ``False`` or ``None`` (the balls do
not tell).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx

from gradc.errors import fail
from gradc.ir import Function, Graph, reachable
from gradc.prims import TABLE
from gradc.prims.balls import LIMITS

Ball = Any
Cell = Any
Cells = list[Cell]
Point = Mapping[str, Any]
Bound = Mapping[str, Cells]
Adjust = Callable[[int, str, Any, Sequence[Cells], Cells], Cells]
"""``adjust(node, primitive, attributes, argument cells, cells)`` gives the cells to go on with."""


def bind(function: Function, point: Point, dtype: str = "float64") -> dict[str, Cells]:
    """Exact balls for the inputs of a function at a point, rounded to ``dtype`` first.

    Shapes: a number is one cell, a list one cell a row. An input that the point does not
    have takes its default.
    Raises: GradcError (G501) for an input without a value, or one that is not a number.
    """
    bound: dict[str, Cells] = {}
    for item in function.inputs:
        value = point.get(item.name, item.default)
        if value is None:
            raise fail("G501", f"the point has no value for '{item.name}'")
        try:
            numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
        except (TypeError, ValueError):
            numbers = np.zeros((0, 0))
        if numbers.ndim != 1 or numbers.size == 0:
            raise fail("G501", f"the value of '{item.name}' is neither a number nor a vector")
        length = item.type.length
        if item.kind == "param" and numbers.size != (
            1 if item.type.rank == 0 else length or numbers.size
        ):
            raise fail("G501", f"'{item.name}' takes {length or 1} numbers, not {numbers.size}")
        with np.errstate(over="ignore", under="ignore"):
            rounded = numbers.astype(dtype).astype(np.float64)
        bound[item.name] = [arb(float(number)) for number in rounded]
    _recycle_data(function, bound)
    return bound


def _recycle_data(function: Function, bound: dict[str, Cells]) -> None:
    """Give data of one symbolic length one length, as every target does first of all."""
    groups: dict[Any, list[str]] = {}
    for item in function.data:
        if item.type.rank == 1 and item.type.length is None:
            size = item.type.shape[0].substitute(function.graph.bindings)
            groups.setdefault(size, []).append(item.name)
    for names in groups.values():
        rows = max(len(bound[name]) for name in names)
        for name in names:
            if len(bound[name]) == 1:
                bound[name] = bound[name] * rows


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The cells of every node that some root needs, at ``bits`` bits."""

    graph: Graph
    cells: dict[int, Cells]
    bits: int

    def __getitem__(self, node: int) -> Cells:
        return self.cells[node]


def evaluate(
    graph: Graph,
    roots: Iterable[int],
    inputs: Bound,
    bits: int,
    adjust: Adjust | None = None,
) -> Evaluation:
    """The cells of all nodes below the roots.

    ``adjust`` may replace the cells of a node before anything is computed from them.
    Raises: GradcError (G502) for vectors of unequal lengths, (G503) for a primitive without
    ball arithmetic.
    """
    marks = reachable(graph, roots)
    found: dict[int, Cells] = {}
    records = graph.records
    with ctx.workprec(bits):
        for node in range(len(marks)):
            if not marks[node]:
                continue
            record = records[node]
            name, attrs = record[0], record[1]
            args = [found[arg] for arg in record[2:]]
            if name == "input":
                cells = inputs[attrs]
            elif name == "const":
                truth = graph.types[node].dtype == "bool"
                cells = [bool(attrs[1]) if truth else arb(attrs[1])]
            else:
                cells = apply(name, attrs, args)
            found[node] = cells if adjust is None else adjust(node, name, attrs, args, cells)
    return Evaluation(graph, found, bits)


def apply(name: str, attrs: Any, args: Sequence[Cells]) -> Cells:
    """The cells of one primitive at the working precision."""
    whole = _WHOLE.get(name)
    if whole is not None:
        return whole(attrs, args)
    ball = TABLE[name].ball
    if ball is None:
        raise fail("G503", f"'{name}' has no ball arithmetic")
    if name in LIMITS:
        low, high = LIMITS[name]
        return [
            ball(x) if x.is_finite() or not x.is_exact() else arb(high if x > 0 else low)
            for x in args[0]
        ]
    rows = common_length(args)
    if rows == 1:
        return [ball(*(arg[0] for arg in args))]
    return [ball(*cells) for cells in zip(*(recycle(arg, rows) for arg in args), strict=True)]


def common_length(args: Sequence[Cells]) -> int:
    """How many rows an elementwise result has."""
    rows = 1
    for arg in args:
        if len(arg) != 1:
            if rows not in (1, len(arg)):
                raise fail("G502", f"vectors of {rows} and {len(arg)} rows do not combine")
            rows = len(arg)
    return rows


def is_infinite(cell: Cell) -> bool:
    """Whether a cell is an infinity itself, which is exact and which nothing rounds."""
    return isinstance(cell, arb) and bool(cell == arb.pos_inf() or cell == arb.neg_inf())


def recycle(cells: Cells, rows: int) -> Cells:
    """The cells, one repeated for every row."""
    return cells * rows if len(cells) == 1 and rows > 1 else cells


def _sum(attrs: Any, args: Sequence[Cells]) -> Cells:
    total = arb(0)
    for cell in args[0]:
        total = total + cell
    return [total]


def _prod(attrs: Any, args: Sequence[Cells]) -> Cells:
    total = arb(1)
    for cell in args[0]:
        total = total * cell
    return [total]


def _prod_others(attrs: Any, args: Sequence[Cells]) -> Cells:
    """Products of what stands before and after each element: no division, so zeros are fine."""
    cells = args[0]
    if not cells:
        return []
    after = [arb(1)]
    for cell in reversed(cells[1:]):
        after.append(after[-1] * cell)
    before = arb(1)
    others: Cells = []
    for cell, rest in zip(cells, reversed(after), strict=True):
        others.append(before * rest)
        before = before * cell
    return others


def _extreme(name: str) -> Callable[[Any, Sequence[Cells]], Cells]:
    def reduce(attrs: Any, args: Sequence[Cells]) -> Cells:
        best = args[0][0]
        for cell in args[0][1:]:
            best = getattr(best, name)(cell)
        return [best]

    return reduce


def _index(attrs: Any, args: Sequence[Cells]) -> Cells:
    if not 1 <= attrs <= len(args[0]):
        raise fail("G502", f"index {attrs} is outside 1 to {len(args[0])}")
    return [args[0][attrs - 1]]


def _scatter(attrs: Any, args: Sequence[Cells]) -> Cells:
    cells: Cells = [arb(0)] * len(args[1])
    cells[attrs - 1] = args[0][0]
    return cells


_WHOLE: Mapping[str, Callable[[Any, Sequence[Cells]], Cells]] = {
    "sum": _sum,
    "prod": _prod,
    "prod_others": _prod_others,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "length": lambda attrs, args: [arb(len(args[0]))],
    "index": _index,
    "stack": lambda attrs, args: [cell for arg in args for cell in arg],
    "broadcast": lambda attrs, args: recycle(args[0], len(args[1])),
    "scatter": _scatter,
}
