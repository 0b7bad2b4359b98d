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


def _of_table(name: str) -> Callable[..., Any] | None:
    text = TABLE[name].spell.get("numpy")
    if not isinstance(text, str) or "{" in text:
        return None
    module, _, attribute = text.partition(".")
    return getattr({"np": np, "special": special}[module], attribute)


def supports(name: str) -> bool:
    """Whether :func:`doubles` computes a primitive itself."""
    return name in _OWN or _of_table(name) is not None


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
