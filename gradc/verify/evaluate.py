"""Evaluation of a function in ball arithmetic, node by node in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb, ctx

from gradc.errors import fail
from gradc.ir import (
    UNITS,
    Extent,
    Function,
    Graph,
    Input,
    Size,
    SizeError,
    counts_of,
    reachable,
    value_of,
)
from gradc.passes import unroll
from gradc.prims import TABLE
from gradc.prims.balls import LIMITS
from gradc.verify.cells import (
    Cells,
    Grid,
    common_length,
    common_nrow,
    recycle,
    shaped,
)
from gradc.verify.linear import LINEAR
from gradc.verify.moves import MOVES, SUMS, add_up, move

Point = Mapping[str, Any]
Bound = Mapping[str, Cells]
Adjust = Callable[[int, str, Any, Sequence[Cells], Cells], Cells]
"""``adjust(node, primitive, attributes, argument cells, cells)`` gives the cells to go on with."""


def bind(function: Function, point: Point, dtype: str = "float64") -> dict[str, Cells]:
    """Exact balls for the inputs of a function at a point, rounded to ``dtype`` first.

    Shapes: a number is one cell, a list one cell a row, a list of rows a matrix. An input that
    the point does not have takes its default. A single number given for a vector of data is
    repeated, as every target does first of all.
    Raises: GradcError (G501) for an input without a value, or one that is not a number,
    (G502) for sizes that do not fit together.
    """
    bound: dict[str, Cells] = {}
    for item in function.inputs:
        value = point.get(item.name, item.default)
        if value is None:
            raise fail("G501", f"the point has no value for '{item.name}'")
        array = _array(item, value)
        with np.errstate(over="ignore", under="ignore"):
            rounded = array.astype(dtype).astype(np.float64)
        cells = [arb(number) for number in rounded.ravel(order="F").tolist()]
        bound[item.name] = Grid(cells, array.shape[0]) if array.ndim == 2 else cells
    counts = _sizes(function, bound)
    _recycle_data(function, bound, counts)
    return bound


def _array(item: Input, value: Any) -> Any:
    try:
        numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        numbers = np.zeros((0, 0, 0))
    rank = item.type.rank
    if numbers.size == 0 or numbers.ndim != max(rank, 1):
        said = "no matrix" if rank == 2 else "neither a number nor a vector"
        raise fail("G501", f"the value of '{item.name}' is {said}")
    if item.kind == "param" and rank < 2:
        length = 1 if rank == 0 else item.type.length or numbers.size
        if numbers.size != length:
            raise fail("G501", f"'{item.name}' takes {length} numbers, not {numbers.size}")
    return numbers


def _extents(function: Function, bound: Bound) -> list[Extent]:
    """How long each axis of each input is; one number for a vector of data may recycle."""
    params = set(function.wrt)
    found: list[Extent] = []
    for item in function.inputs:
        cells = bound[item.name]
        if item.type.rank == 1:
            firm = len(cells) != 1 or item.name in params
            found.append(Extent(item.name, 0, item.type.shape[0], len(cells), firm, "values"))
        elif isinstance(cells, Grid):
            extents = (cells.nrow, cells.ncol)
            found += [
                Extent(item.name, axis, item.type.shape[axis], extents[axis], unit=unit)
                for axis, unit in enumerate(UNITS)
            ]
        elif item.counts is not None and item.name not in params:
            found.append(Extent(item.name, 0, item.counts, round(float(cells[0].mid())), unit=""))
    return found


def _sizes(function: Function, bound: Bound) -> dict[str, int]:
    try:
        return counts_of(_extents(function, bound), function.graph.bindings)
    except SizeError as error:
        raise fail("G502", str(error)) from error


def _recycle_data(function: Function, bound: dict[str, Cells], counts: Mapping[str, int]) -> None:
    """Give data of one symbolic length one length, as every target does first of all."""
    for item in function.data:
        if item.type.rank == 1 and item.type.length is None and len(bound[item.name]) == 1:
            rows = value_of(item.type.shape[0].substitute(function.graph.bindings), counts)
            if rows is not None:
                bound[item.name] = bound[item.name] * rows


def concrete(function: Function, inputs: Bound) -> Function:
    """The function with its loops written out for inputs as long as these."""
    if not any(record[0] == "scan" for record in function.graph.records):
        return function
    return unroll(function, counts_at(function.graph, inputs))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The cells of every node that some root needs, at ``bits`` bits.

    ``sized`` has the attributes of those nodes that name sizes, as numbers.
    """

    graph: Graph
    cells: dict[int, Cells]
    bits: int
    sized: Mapping[int, Any] = field(default_factory=dict)

    def __getitem__(self, node: int) -> Cells:
        return self.cells[node]

    def attrs(self, node: int) -> Any:
        """The attributes of a node, sizes as numbers."""
        found = self.sized.get(node)
        return self.graph.attrs(node) if found is None else found


_SIZED = frozenset({"slice", "pad", "reshape"})
"""Primitives whose attributes are sizes."""


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
    sized: dict[int, Any] = {}
    counts: dict[str, int] | None = None
    records = graph.records
    with ctx.workprec(bits):
        node = marks.find(1)
        while node >= 0:
            record = records[node]
            name, attrs = record[0], record[1]
            args = [found[arg] for arg in record[2:]]
            if name == "input":
                cells = inputs[attrs]
            elif name == "const":
                truth = graph.types[node].dtype == "bool"
                cells = [bool(attrs[1]) if truth else arb(attrs[1])]
            else:
                if name in _SIZED:
                    if counts is None:
                        counts = counts_at(graph, inputs)
                    attrs = sized[node] = tuple(_number(graph, part, counts) for part in attrs)
                cells = apply(name, attrs, args)
            if adjust is not None:
                cells = shaped(adjust(node, name, attrs, args, cells), cells)
            found[node] = cells
            node = marks.find(1, node + 1)
    return Evaluation(graph, found, bits, sized)


def counts_at(graph: Graph, inputs: Bound) -> dict[str, int]:
    """What the actual lengths of the inputs say of symbolic sizes."""
    extents: list[Extent] = []
    for node, record in enumerate(graph.records):
        if record[0] != "input" or record[1] not in inputs:
            continue
        cells, shape = inputs[record[1]], graph.types[node].shape
        lengths = (cells.nrow, cells.ncol) if isinstance(cells, Grid) else (len(cells),)
        firm = lengths != (1,)
        extents += [
            Extent(record[1], axis, size, length, firm)
            for axis, (size, length) in enumerate(zip(shape, lengths, strict=False))
        ]
    return counts_of(extents, graph.bindings)


def _number(graph: Graph, size: Size, counts: Mapping[str, int]) -> int:
    number = value_of(size.substitute(graph.bindings), counts)
    if number is None:
        raise fail("G502", f"nothing tells how large {size} is")
    return number


def apply(name: str, attrs: Any, args: Sequence[Cells]) -> Cells:
    """The cells of one primitive at the working precision."""
    if name in MOVES:
        return move(name, attrs, args)
    if name in SUMS:
        return add_up(name, attrs, args)
    whole = _WHOLE.get(name) or LINEAR.get(name)
    if whole is not None:
        return whole(attrs, args)
    ball = TABLE[name].ball
    if ball is None:
        raise fail("G503", f"'{name}' has no ball arithmetic")
    if name in LIMITS:
        low, high = LIMITS[name]
        limited = [
            ball(x) if x.is_finite() or not x.is_exact() else arb(high if x > 0 else low)
            for x in args[0]
        ]
        return shaped(limited, args[0])
    rows, nrow = common_length(args), common_nrow(args)
    if rows == 1:
        cells = [ball(*(arg[0] for arg in args))]
    else:
        cells = [ball(*row) for row in zip(*(recycle(arg, rows) for arg in args), strict=True)]
    return cells if nrow is None else Grid(cells, nrow)


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
    return shaped(others, cells)


def _extreme(name: str) -> Callable[[Any, Sequence[Cells]], Cells]:
    def reduce(attrs: Any, args: Sequence[Cells]) -> Cells:
        best = args[0][0]
        for cell in args[0][1:]:
            best = getattr(best, name)(cell)
        return [best]

    return reduce


_WHOLE: Mapping[str, Callable[[Any, Sequence[Cells]], Cells]] = {
    "prod": _prod,
    "prod_others": _prod_others,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "length": lambda attrs, args: [arb(len(args[0]))],
}
