"""Shapes of the results of matrix primitives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradc.ir import REAL, Graph, Size, Type, known, make_type, vector
from gradc.prims.schema import ShapeError, unify
from gradc.prims.vectors import vector_size

_Args = Sequence[int]


def matrix_sizes(graph: Graph, node: int, what: str = "the argument") -> tuple[Size, Size]:
    """Rows and columns; ShapeError where the node is no matrix."""
    type_ = graph.types[node]
    if type_.rank != 2:
        raise ShapeError(f"{what} must be a matrix")
    rows, columns = type_.shape
    return rows.substitute(graph.bindings), columns.substitute(graph.bindings)


def _matrix(rows: Size, columns: Size) -> Type:
    return make_type("real", (rows, columns))


def _square(graph: Graph, node: int) -> Size:
    rows, columns = matrix_sizes(graph, node)
    try:
        return unify(graph, rows, columns)
    except ShapeError:
        raise ShapeError(f"a matrix of {rows} x {columns} is not square") from None


def _inner(graph: Graph, first: Size, second: Size) -> None:
    try:
        unify(graph, first, second)
    except ShapeError:
        raise ShapeError(
            f"{first} columns do not fit {second} rows in a product of matrices"
        ) from None


def reshape_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size = vector_size(graph, args[0], "what becomes a matrix")
    rows, columns = attrs
    wanted = _product(rows, columns)
    if wanted is None or size != wanted:
        raise ShapeError(f"{size} numbers do not fill a matrix of {rows} x {columns}")
    return _matrix(rows, columns)


def _product(first: Size, second: Size) -> Size | None:
    """A product of sizes, one of which is a number; None where neither is."""
    for one, other in ((first, second), (second, first)):
        if one.is_known:
            terms = tuple((name, factor * one.constant) for name, factor in other.terms)
            return Size(other.constant * one.constant, terms if one.constant else ())
    return None


def as_vector_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, columns = matrix_sizes(graph, args[0])
    size = _product(rows, columns)
    if size is None:
        raise ShapeError(f"how many numbers a matrix of {rows} x {columns} has is not known")
    return vector(size)


def t_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, columns = matrix_sizes(graph, args[0])
    return _matrix(columns, rows)


def matmul_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, inner = matrix_sizes(graph, args[0])
    other, columns = matrix_sizes(graph, args[1])
    _inner(graph, inner, other)
    return _matrix(rows, columns)


def matvec_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, inner = matrix_sizes(graph, args[0])
    _inner(graph, inner, vector_size(graph, args[1], "the second factor"))
    return vector(rows)


def outer_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return _matrix(
        vector_size(graph, args[0], "the first factor"),
        vector_size(graph, args[1], "the second factor"),
    )


def rows_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return vector(matrix_sizes(graph, args[0])[0])


def columns_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return vector(matrix_sizes(graph, args[0])[1])


def spread_shape(axis: int) -> Any:
    def shape(graph: Graph, args: _Args, attrs: Any) -> Type:
        sizes = matrix_sizes(graph, args[1])
        size = vector_size(graph, args[0], "what is repeated")
        try:
            unify(graph, size, sizes[axis])
        except ShapeError:
            raise ShapeError(
                f"a vector of {size} does not recycle over a matrix of {sizes[0]} x {sizes[1]}"
            ) from None
        return _matrix(*matrix_sizes(graph, args[1]))

    return shape


def scalar_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    matrix_sizes(graph, args[0])
    return REAL


def _within(place: int, size: Size, what: str) -> None:
    if place < 1 or (size.is_known and place > size.constant):
        raise ShapeError(f"there is no {what} {place} in a matrix of {size} {what}s")


def get_col_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, columns = matrix_sizes(graph, args[0])
    _within(attrs, columns, "column")
    return vector(rows)


def get_row_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, columns = matrix_sizes(graph, args[0])
    _within(attrs, rows, "row")
    return vector(columns)


def entry_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, columns = matrix_sizes(graph, args[0])
    _within(attrs[0], rows, "row")
    _within(attrs[1], columns, "column")
    return REAL


def like_second(graph: Graph, args: _Args, attrs: Any) -> Type:
    return _matrix(*matrix_sizes(graph, args[1]))


def gather_rows_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return _matrix(vector_size(graph, args[1], "the index"), matrix_sizes(graph, args[0])[1])


def scatter_rows_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return _matrix(*matrix_sizes(graph, args[2]))


def gather_cells_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows, _ = matrix_sizes(graph, args[0])
    places = vector_size(graph, args[1], "the index")
    try:
        return vector(unify(graph, rows, places))
    except ShapeError:
        raise ShapeError(f"{places} places do not stand for {rows} rows") from None


def scatter_cells_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return _matrix(*matrix_sizes(graph, args[2]))


def bind_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size: Size | None = None
    for arg in args:
        if graph.types[arg].shape:
            own = vector_size(graph, arg, "a column")
            size = own if size is None else unify(graph, size, own)
    return _matrix(size or known(1), known(len(args)))


def concat_cols_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    rows: Size | None = None
    total = known(0)
    for arg in args:
        is_matrix = graph.types[arg].rank == 2
        own, columns = matrix_sizes(graph, arg) if is_matrix else (None, known(1))
        own = own or vector_size(graph, arg, "a column")
        try:
            rows = own if rows is None else unify(graph, rows, own)
        except ShapeError:
            raise ShapeError(f"columns of {rows} and {own} do not stand side by side") from None
        total = total.plus(columns)
    return _matrix(rows or known(0), total)


def diag_matrix_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size = vector_size(graph, args[0], "a diagonal")
    return _matrix(size, size)


def diag_part_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    return vector(_square(graph, args[0]))


def square_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size = _square(graph, args[0])
    return _matrix(size, size)


def square_to_scalar(graph: Graph, args: _Args, attrs: Any) -> Type:
    _square(graph, args[0])
    return REAL


def solve_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size = _square(graph, args[0])
    rows, columns = matrix_sizes(graph, args[1])
    _inner(graph, size, rows)
    return _matrix(size, columns)


def solvevec_shape(graph: Graph, args: _Args, attrs: Any) -> Type:
    size = _square(graph, args[0])
    _inner(graph, size, vector_size(graph, args[1], "the right side"))
    return vector(size)
