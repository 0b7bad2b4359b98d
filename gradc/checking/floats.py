"""Graphs evaluated in doubles, node by node, as fast as NumPy does it.

A number of rank 0 is a NumPy scalar, a vector has one axis and a matrix two. What has no way of
its own here is evaluated by the table's ball arithmetic, and the middle of the ball is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb, ctx
from scipy import special

from gradc.errors import GradcError
from gradc.ir import Graph, SizeError, reachable, value_of
from gradc.verify.cells import Grid
from gradc.verify.evaluate import apply, counts_at

Array = Any
_BITS = 80
SIZED = frozenset({"slice", "pad", "reshape"})
"""Primitives whose attributes are sizes."""


MISFITS = (ValueError, IndexError, TypeError, AttributeError, OverflowError)
"""What NumPy raises for values of shapes that do not fit."""


class NoValue(Exception):
    """A node that cannot be evaluated: shapes do not fit, or there is no arithmetic for it."""


def _divide(x: Array, y: Array) -> Array:
    return np.true_divide(x, y)


def _cut(attrs: Any, x: Array) -> Array:
    front, back = attrs
    return x[front : len(x) - back]


_PLAIN: Mapping[str, Callable[..., Array]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": _divide,
    "neg": np.negative,
    "pow": np.power,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceiling": np.ceil,
    "min2": np.minimum,
    "max2": np.maximum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "as_real": np.float64,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "hypot": np.hypot,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "sigmoid": special.expit,
    "logit": special.logit,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "erf": special.erf,
    "erfc": special.erfc,
    "gamma": special.gamma,
    "lgamma": special.gammaln,
    "digamma": special.digamma,
    "trigamma": lambda x: special.polygamma(1, x),
    "pnorm": special.ndtr,
    "log_pnorm": special.log_ndtr,
    "select": np.where,
    "sum": np.sum,
    "prod": np.prod,
    "min": np.min,
    "max": np.max,
    "length": lambda x: np.float64(np.size(x)),
    "nrow": lambda m: np.float64(m.shape[0]),
    "ncol": lambda m: np.float64(m.shape[1]),
    "cumsum": np.cumsum,
    "rev": lambda x: x[::-1],
    "t": np.transpose,
    "row_sums": lambda m: m.sum(1),
    "col_sums": lambda m: m.sum(0),
    "matmul": np.matmul,
    "matvec": np.matmul,
    "outer": np.outer,
    "as_vector": lambda m: m.ravel(order="F"),
    "concat": lambda *x: np.concatenate([np.atleast_1d(part) for part in x]),
    "stack": lambda *x: np.array([np.float64(part) for part in x]),
    "broadcast": lambda x, like: np.zeros(np.shape(like)) + x,
    "spread_rows": lambda v, like: v[:, None] + np.zeros(like.shape),
    "spread_cols": lambda v, like: v + np.zeros(like.shape),
}
_BY_ATTRIBUTES: Mapping[str, Callable[..., Array]] = {
    "index": lambda a, x: np.atleast_1d(x)[a - 1],
    "slice": _cut,
    "pad": lambda a, x: np.pad(x, a),
    "reshape": lambda a, v: v.reshape(a[0], a[1], order="F"),
    "entry": lambda a, m: m[a[0] - 1, a[1] - 1],
    "get_col": lambda a, m: m[:, a - 1],
    "get_row": lambda a, m: m[a - 1],
}
_SHAPES_AGREE = frozenset({"matmul", "matvec", "outer", "concat", "stack"})


def way(prim: str) -> Callable[..., Array] | None:
    """The way of a primitive without attributes where no matrix is about."""
    return _PLAIN.get(prim)


def value(prim: str, attrs: Any, args: Sequence[Array]) -> Array:
    """What a primitive gives; sizes among the attributes are numbers.

    Raises: NoValue where the shapes do not fit.
    """
    try:
        plain = _PLAIN.get(prim)
        if plain is not None:
            if prim not in _SHAPES_AGREE and len({np.ndim(arg) for arg in args} - {0}) > 1:
                return _by_balls(prim, attrs, args)
            return plain(*args)
        by_attributes = _BY_ATTRIBUTES.get(prim)
        return (
            by_attributes(attrs, *args)
            if by_attributes is not None
            else _by_balls(prim, attrs, args)
        )
    except MISFITS as error:
        raise NoValue(str(error)) from error


def _cells(array: Array) -> Any:
    flat = np.asarray(array)
    if flat.dtype == bool:
        cells: list[Any] = [bool(x) for x in flat.ravel(order="F")]
    else:
        cells = [arb(float(x)) for x in flat.ravel(order="F")]
    return Grid(cells, flat.shape[0]) if flat.ndim == 2 else cells


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        return float(cell)
    return float(cell.mid()) if cell is not None and cell.is_finite() else np.nan


def _by_balls(prim: str, attrs: Any, args: Sequence[Array]) -> Array:
    try:
        with ctx.workprec(_BITS):
            cells = apply(prim, attrs, [_cells(arg) for arg in args])
    except (GradcError, KeyError, ArithmeticError) as error:
        raise NoValue(prim) from error
    numbers = np.array([_number(cell) for cell in cells])
    if isinstance(cells, Grid):
        return numbers.reshape(cells.nrow, -1, order="F")
    # Balls have no rank 0: one number is a scalar unless it was made of a vector.
    alone = len(numbers) == 1 and all(np.ndim(arg) == 0 for arg in args)
    return np.float64(numbers[0]) if alone else numbers


def bound(names: Iterable[str], point: Mapping[str, Any]) -> dict[str, Array]:
    """The inputs of a point as arrays."""
    found: dict[str, Array] = {}
    for name in names:
        if point.get(name) is not None:
            array = np.asarray(point[name], dtype=np.float64)
            found[name] = np.float64(array) if array.ndim == 0 else array
    return found


def sized(graph: Graph, inputs: Mapping[str, Array]) -> dict[int, Any]:
    """The attributes of nodes that name sizes, as numbers; nodes of unknown sizes are left out."""
    nodes = [i for i, record in enumerate(graph.records) if record[0] in SIZED]
    if not nodes:
        return {}
    try:
        counts = counts_at(graph, {name: _cells(array) for name, array in inputs.items()})
    except SizeError:
        return {}
    found = {}
    for node in nodes:
        sizes = [value_of(s.substitute(graph.bindings), counts) for s in graph.attrs(node)]
        if None not in sizes:
            found[node] = tuple(sizes)
    return found


def evaluate(graph: Graph, roots: Iterable[int], inputs: Mapping[str, Array]) -> list[Array | None]:
    """The values of all nodes below the roots; None where there is none."""
    marks = reachable(graph, roots)
    attributes = sized(graph, inputs)
    values: list[Array | None] = [None] * len(graph)
    with np.errstate(all="ignore"):
        for node, record in enumerate(graph.records):
            if marks[node]:
                values[node] = _node(record, attributes.get(node, record[1]), values, inputs)
    return values


def _node(record: Any, attrs: Any, values: list[Array | None], inputs: Any) -> Array | None:
    prim = record[0]
    if prim == "input":
        return inputs.get(record[1])
    if prim == "const":
        return np.float64(record[1][1]) if len(record[1]) == 2 else bool(record[1][1])
    args = [values[arg] for arg in record[2:]]
    if any(arg is None for arg in args):
        return None
    try:
        return value(prim, attrs, args)
    except NoValue:
        return None
