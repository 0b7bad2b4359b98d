"""Matrices of a single column: plain vectors, of which it is known that R sees a matrix.

Nearly everywhere that makes no difference. Where it does, in arithmetic with other matrices, in
products, or in ``diag()``, a vector would be taken for something that it is not in R.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradc.frontend.values import Column, Dots, Elements, Refusal, Value
from gradc.ir import Graph

ON_COLUMNS = frozenset(
    (
        *("(", "[", "identity", "invisible", "suppressWarnings", "is.matrix", "t", "solve", "diag"),
        *("backsolve", "forwardsolve", "det", "chol", "determinant"),
        *("%*%", "crossprod", "tcrossprod", "outer", "%o%", "rbind", "cbind", "nrow", "ncol"),
        *("dim", "rowSums", "colSums", "rowMeans", "colMeans"),
    )
)
"""Functions for which a matrix of a single column is not what a vector is."""


def plain(value: Value) -> Value:
    """A matrix of one column as the vector that it is; any other value itself."""
    if value.__class__ is Column:
        return int(value)
    if value.__class__ is Dots and any(v.__class__ is Column for _, v in value.items):
        return Dots(tuple((name, plain(item)) for name, item in value.items))
    return value


def has_column(values: Sequence[Value]) -> bool:
    """Whether one of the values is a matrix of a single column."""
    return any(value.__class__ is Column for value in values)


def with_column(
    graph: Graph, values: Sequence[Value], one: Callable[[Sequence[Value]], Value]
) -> Value:
    """An elementwise function of values, some of which are matrices of a single column.

    Raises: Refusal where R says that the arrays do not conform.
    """
    columns = [value for value in values if value.__class__ is Column]
    ranks = {graph.types[column].rank for column in columns}
    others = [value for value in values if value.__class__ is not Column]
    if len(ranks) > 1 or any(_is_wide(graph, value) for value in others):
        raise Refusal(
            "G201",
            "a matrix of a single column, or of a single cell, does not recycle over a matrix",
            "c() makes it a plain vector",
        )
    result = one([plain(value) for value in values])
    stays = 1 in ranks or not any(_is_vector(graph, value) for value in others)
    if stays and result.__class__ is int:
        return Column(result)
    return result


def _is_wide(graph: Graph, value: Value) -> bool:
    if isinstance(value, Elements):
        return value.dim is not None and value.dim.columns != 1
    return value.__class__ is int and graph.types[value].rank == 2


def _is_vector(graph: Graph, value: Value) -> bool:
    if isinstance(value, Elements):
        return len(value) != 1
    return value.__class__ is int and graph.types[value].rank == 1
