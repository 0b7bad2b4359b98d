"""Evaluation of a function's graph in NumPy doubles: a program that needs no emitter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special

from gradc.ir import Function, reachable
from gradc.prims import TABLE

_OWN: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "as_real": lambda x: x * np.float64(1),
    "select": np.where,
    "exact_pi": lambda: np.float64(np.pi),
    "sum": np.sum,
    "prod": np.prod,
    "min": np.min,
    "max": np.max,
    "length": lambda x: np.float64(np.size(x)),
    "softplus": lambda x: np.logaddexp(0.0, x),
    "trigamma": lambda x: special.polygamma(1, x),
    "psigamma": lambda x, n: special.polygamma(n, x),
    "besselI": lambda x, nu: special.iv(nu, x),
    "besselJ": lambda x, nu: special.jv(nu, x),
    "besselK": lambda x, nu: special.kv(nu, x),
    "besselY": lambda x, nu: special.yv(nu, x),
    "stack": lambda *xs: np.array(xs),
}


def _places(i: Any) -> Any:
    return np.asarray(i, dtype=np.intp) - 1


def _scatter_add(v: Any, i: Any, like: Any) -> Any:
    found = np.zeros_like(like)
    np.add.at(found, _places(i), v)
    return found


def _put(x: Any, like: Any, where: Any) -> Any:
    found = np.zeros_like(like)
    found[where] = x
    return found


def _slice(x: Any, k: Any) -> Any:
    return x[k[0].constant : len(x) - k[1].constant]


def _half_lower(m: Any) -> Any:
    return np.tril(m) - np.diag(np.diag(m)) / 2


_TENSOR: dict[str, Callable[..., Any]] = {
    "slice": _slice,
    "pad": lambda x, k: np.pad(x, (k[0].constant, k[1].constant)),
    "gather": lambda x, i, k: x[_places(i)],
    "scatter_add": lambda v, i, like, k: _scatter_add(v, i, like),
    "cumsum": lambda x, k: np.cumsum(x),
    "rev": lambda x, k: x[::-1],
    "concat": lambda *xs: np.concatenate([np.atleast_1d(x) for x in xs[:-1]]),
    "seq_along": lambda like, k: np.arange(k + 1.0, k + 1.0 + len(like)),
    "log_sum_exp": lambda x, k: special.logsumexp(x),
    "reshape": lambda v, k: v.reshape((k[0].constant, k[1].constant), order="F"),
    "as_vector": lambda m, k: m.ravel(order="F"),
    "t": lambda m, k: m.T,
    "matmul": lambda x, y, k: x @ y,
    "matvec": lambda m, v, k: m @ v,
    "outer": lambda u, v, k: np.outer(u, v),
    "row_sums": lambda m, k: m.sum(axis=1),
    "col_sums": lambda m, k: m.sum(axis=0),
    "spread_rows": lambda v, like, k: np.broadcast_to(v[:, None], like.shape),
    "spread_cols": lambda v, like, k: np.broadcast_to(v, like.shape),
    "nrow": lambda m, k: np.float64(m.shape[0]),
    "ncol": lambda m, k: np.float64(m.shape[1]),
    "get_col": lambda m, k: m[:, k - 1],
    "get_row": lambda m, k: m[k - 1],
    "put_col": lambda v, like, k: _put(v, like, np.s_[:, k - 1]),
    "put_row": lambda v, like, k: _put(v, like, k - 1),
    "entry": lambda m, k: m[k[0] - 1, k[1] - 1],
    "put_entry": lambda x, like, k: _put(x, like, (k[0] - 1, k[1] - 1)),
    "gather_rows": lambda m, i, k: m[_places(i)],
    "scatter_rows": lambda v, i, like, k: _scatter_add(v, i, like),
    "gather_cells": lambda m, i, k: m[np.arange(len(m)), _places(i)],
    "scatter_cells": lambda v, i, like, k: _put(v, like, (np.arange(len(v)), _places(i))),
    "bind_cols": lambda *xs: np.stack(np.broadcast_arrays(*xs[:-1]), axis=1),
    "concat_cols": lambda *xs: np.column_stack(xs[:-1]),
    "diag_matrix": lambda v, k: np.diag(v),
    "diag_part": lambda m, k: np.diag(m),
    "half_lower": lambda m, k: _half_lower(m),
    "solve": lambda a, b, k: np.linalg.solve(a, b),
    "solvevec": lambda a, b, k: np.linalg.solve(a, b),
    "inverse": lambda a, k: np.linalg.inv(a),
    "logdet": lambda a, k: np.linalg.slogdet(a)[1],
    "det": lambda a, k: np.linalg.det(a),
    "chol": lambda a, k: np.linalg.cholesky(a.T).T,
}
"""Primitives on vectors and matrices; the last argument is the attributes."""


def _of_table(name: str) -> Callable[..., Any] | None:
    text = TABLE[name].spell.get("numpy")
    if not isinstance(text, str) or "{" in text:
        return None
    module, _, attribute = text.partition(".")
    return getattr({"np": np, "special": special}[module], attribute)


def supports(name: str) -> bool:
    """Whether :func:`doubles` computes a primitive itself."""
    return name in _OWN or name in _TENSOR or _of_table(name) is not None


def doubles(function: Function, point: Mapping[str, Any], dtype: str = "float64") -> dict[str, Any]:
    """Every output as NumPy computes it, node by node."""
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    found: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for node, record in enumerate(graph.records):
            if node >= len(marks) or not marks[node]:
                continue
            name, attrs, args = record[0], record[1], [found[arg] for arg in record[2:]]
            if name == "input":
                found[node] = np.asarray(point[attrs], dtype=dtype)[()]
            elif name == "const":
                is_bool = graph.types[node].dtype == "bool"
                found[node] = bool(attrs[1]) if is_bool else np.dtype(dtype).type(attrs[1])
            elif name == "index":
                found[node] = args[0][attrs - 1]
            elif name in _TENSOR:
                found[node] = _TENSOR[name](*args, attrs)
            elif name == "broadcast":
                found[node] = np.broadcast_to(args[0], np.shape(args[1]))
            elif name == "scatter":
                zeros = np.zeros(np.shape(args[1]), dtype)
                zeros[attrs - 1] = args[0]
                found[node] = zeros
            else:
                compute = _OWN.get(name) or _of_table(name)
                assert compute is not None, name
                found[node] = compute(*args)
    return {name: found[node] for name, node in function.outputs.items()}
