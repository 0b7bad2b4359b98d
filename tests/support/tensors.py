"""Functions over vectors and matrices built node by node, and what exact fractions say of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradc.ir import REAL, Function, Graph, Input, Nature, known, make_type, symbol
from gradc.prims import Builder

Nodes = Mapping[str, int]


def built(
    make: Callable[[Builder, Nodes], int],
    shapes: Mapping[str, Sequence[int | str]],
    wrt: Sequence[str],
    natures: Mapping[str, Nature] | None = None,
) -> Function:
    """A function of inputs with these shapes; a text is a symbol of a size."""
    graph = Graph()
    inputs: list[Input] = []
    for name, shape in shapes.items():
        sizes = tuple(known(n) if isinstance(n, int) else symbol(n) for n in shape)
        type_ = make_type("real", sizes) if sizes else REAL
        kind = "param" if name in wrt else "data"
        nature = (natures or {}).get(name, "real")
        inputs.append(Input(name, graph.input(name, type_), kind, type_, nature=nature))
    value = make(Builder(graph), {item.name: item.node for item in inputs})
    return Function("f", tuple(inputs), {"value": value}, graph, tuple(wrt))


def matrix(draw: random.Random, rows: int, columns: int) -> list[list[float]]:
    return [[draw.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]


def covariance(draw: random.Random, count: int) -> list[list[float]]:
    root = np.array(matrix(draw, count, count))
    product = root @ root.T + np.eye(count)
    return ((product + product.T) / 2).tolist()


def fractions(value: Any) -> Any:
    """Doubles as an array of fractions."""
    array = np.asarray(value, dtype=np.float64)
    flat = np.array([Fraction(float(x)) for x in array.ravel()], dtype=object)
    return flat.reshape(array.shape)


def exact_solution(a: Any, b: Any) -> Any:
    """The solution of a linear system of fractions, by elimination."""
    count = len(a)
    columns = b if b.ndim == 2 else b[:, None]
    work = np.concatenate([a, columns], axis=1)
    for k in range(count):
        pivot = next(i for i in range(k, count) if work[i, k] != 0)
        work[[k, pivot]] = work[[pivot, k]]
        work[k] = work[k] / work[k, k]
        for i in range(count):
            if i != k:
                work[i] = work[i] - work[k] * work[i, k]
    found = work[:, count:]
    return found if b.ndim == 2 else found[:, 0]


def exact_determinant(a: Any) -> Fraction:
    work, total = a.copy(), Fraction(1)
    for k in range(len(a)):
        pivot = next((i for i in range(k, len(a)) if work[i, k] != 0), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            work[[k, pivot]], total = work[[pivot, k]], -total
        total *= work[k, k]
        for i in range(k + 1, len(a)):
            work[i] = work[i] - work[k] * (work[i, k] / work[k, k])
    return total
