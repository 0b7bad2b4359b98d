"""A graph evaluated by NumPy, node by node, with numbers that may be complex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradc.ir import Function, Region

Array = Any
_Way = Callable[..., Array]


def _places(index: Array) -> Array:
    return np.real(index).astype(int) - 1


def _added(v: Array, index: Array, like: Array) -> Array:
    result = np.zeros(like.shape, np.result_type(v, float))
    np.add.at(result, _places(index), v)
    return result


def _put(x: Array, like: Array, where: Any) -> Array:
    result = np.zeros(like.shape, np.result_type(x, float))
    result[where] = x
    return result


def _chol(a: Array) -> Array:
    """R's chol(), from the upper triangle; NumPy's takes no complex steps."""
    r = np.zeros(a.shape, a.dtype)
    for j in range(len(a)):
        r[j, j] = np.sqrt(a[j, j] - np.sum(r[:j, j] ** 2))
        for i in range(j + 1, len(a)):
            r[j, i] = (a[j, i] - np.sum(r[:j, j] * r[:j, i])) / r[j, j]
    return r


WAYS: Mapping[str, _Way] = {
    "add": lambda a, x, y: x + y,
    "sub": lambda a, x, y: x - y,
    "mul": lambda a, x, y: x * y,
    "div": lambda a, x, y: x / y,
    "neg": lambda a, x: -x,
    "exp": lambda a, x: np.exp(x),
    "sin": lambda a, x: np.sin(x),
    "lt": lambda a, x, y: np.real(x) < np.real(y),
    "select": lambda a, c, x, y: np.where(c, x, y),
    "broadcast": lambda a, x, like: x + np.zeros(like.shape),
    "sum": lambda a, x: np.sum(x),
    "prod": lambda a, x: np.prod(x),
    "length": lambda a, x: x.size,
    "nrow": lambda a, m: m.shape[0],
    "ncol": lambda a, m: m.shape[1],
    "index": lambda a, x: x[a - 1],
    "stack": lambda a, *x: np.array(x),
    "concat": lambda a, *x: np.concatenate([np.atleast_1d(part) for part in x]),
    "slice": lambda a, x: x[a[0].constant : len(x) - a[1].constant],
    "pad": lambda a, x: np.pad(x, (a[0].constant, a[1].constant)),
    "gather": lambda a, x, i: x[_places(i)],
    "scatter_add": lambda a, v, i, like: _added(v, i, like),
    "cumsum": lambda a, x: np.cumsum(x),
    "rev": lambda a, x: x[::-1],
    "seq_along": lambda a, like: a + 1.0 + np.arange(len(like)),
    "log_sum_exp": lambda a, x: np.log(np.sum(np.exp(x))),
    "reshape": lambda a, v: v.reshape(a[0].constant, a[1].constant, order="F"),
    "as_vector": lambda a, m: m.ravel(order="F"),
    "t": lambda a, m: m.T,
    "matmul": lambda a, x, y: x @ y,
    "matvec": lambda a, m, v: m @ v,
    "outer": lambda a, u, v: np.outer(u, v),
    "row_sums": lambda a, m: m.sum(1),
    "col_sums": lambda a, m: m.sum(0),
    "spread_rows": lambda a, v, like: v[:, None] + np.zeros(like.shape),
    "spread_cols": lambda a, v, like: v + np.zeros(like.shape),
    "get_col": lambda a, m: m[:, a - 1],
    "get_row": lambda a, m: m[a - 1],
    "put_col": lambda a, v, like: _put(v, like, (slice(None), a - 1)),
    "put_row": lambda a, v, like: _put(v, like, a - 1),
    "entry": lambda a, m: m[a[0] - 1, a[1] - 1],
    "put_entry": lambda a, x, like: _put(x, like, (a[0] - 1, a[1] - 1)),
    "gather_rows": lambda a, m, i: m[_places(i)],
    "scatter_rows": lambda a, v, i, like: _added(v, i, like),
    "gather_cells": lambda a, m, i: m[np.arange(len(m)), _places(i)],
    "scatter_cells": lambda a, v, i, like: _put(v, like, (np.arange(len(v)), _places(i))),
    "bind_cols": lambda a, *v: np.column_stack(np.broadcast_arrays(*v)),
    "concat_cols": lambda a, *x: np.column_stack(x),
    "diag_matrix": lambda a, v: np.diag(v),
    "diag_part": lambda a, m: np.diag(m),
    "half_lower": lambda a, m: np.tril(m) - np.diag(np.diag(m)) / 2,
    "solve": lambda a, x, y: np.linalg.solve(x, y),
    "solvevec": lambda a, x, y: np.linalg.solve(x, y),
    "inverse": lambda a, x: np.linalg.inv(x),
    "logdet": lambda a, x: np.log(np.linalg.det(x)),
    "det": lambda a, x: np.linalg.det(x),
    "chol": lambda a, x: _chol(x),
}


def interpret(function: Function, point: Mapping[str, Array]) -> dict[str, Array]:
    """The outputs at a point."""
    graph = function.graph
    values: list[Any] = []
    for node, record in enumerate(graph.records):
        name, attrs = record[:2]
        args = [values[arg] for arg in record[2:]]
        if name == "const":
            values.append(np.float64(graph.value(node)))
        elif name == "input":
            values.append(point.get(attrs))
        elif name == "scan":
            values.append(_scan(attrs, args))
        elif name in ("final", "output"):
            values.append(args[0][name == "output"][attrs - 1])
        else:
            values.append(None if any(x is None for x in args) else WAYS[name](attrs, *args))
    return {name: values[node] for name, node in function.outputs.items()}


def _scan(region: Region, args: list[Array]) -> tuple[list[Array], list[Array]]:
    """Carried values after the last turn, and what the turns leave."""
    middle = region.carries + region.seqs
    names = [item.name for item in region.body.inputs]
    carried = args[: region.carries]
    turns = list(zip(*args[region.carries : middle], strict=True))
    left = []
    for elements in reversed(turns) if region.backwards else turns:
        inputs = dict(zip(names, [*carried, *elements, *args[middle:]], strict=True))
        found = interpret(region.body, inputs)
        carried = [found[f"next:{k + 1}"] for k in range(region.carries)]
        left.append([found[f"out:{k + 1}"] for k in range(region.outs)])
    if region.backwards:
        left.reverse()
    return carried, [np.array(column) for column in zip(*left, strict=True)]
