"""Linear algebra, and functions of vectors and matrices whose sizes only the data tell.

A matrix of a single column that a product gives is a vector here, marked as a ``Column``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from gradc.frontend import matrices, ordering, reductions, small_matrices
from gradc.frontend.actions import Native
from gradc.frontend.columns import has_column
from gradc.frontend.context import Context
from gradc.frontend.lifting import as_row, is_matrix, is_open, is_tensor, rank_of, row_of, tensor
from gradc.frontend.ranges import like
from gradc.frontend.small_matrices import in_cells
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Column,
    Elements,
    Evaluated,
    Items,
    Outcome,
    Refusal,
    Shape,
    Value,
)
from gradc.ir.types import known
from gradc.prims import ShapeError

# -------------------------------------------------------------------------------- products


def product(context: Context, x: Value, y: Value) -> Value:
    """``x %*% y``."""
    for value in (x, y):
        if isinstance(value, Outcome):
            return value
    if not (is_tensor(context, x) or is_tensor(context, y)):
        return _cell(context, reductions.inner_product(context, x, y))
    left, right = in_cells(context, x, y) or (x, y)
    written = _written_out(context, left, right)
    if written is not None:
        return written
    return _product(context, x, y)


_MOST_WRITTEN = 64
"""Up to how many multiplications a product of single numbers is written out."""


def _written_out(context: Context, x: Value, y: Value) -> Value | None:
    """The product of two small matrices of single numbers, number by number."""
    if not (isinstance(x, Elements) and isinstance(y, Elements)):
        return None
    if x.dim is None and y.dim is None:
        return None
    left = x.dim.size if x.dim is not None else None
    right = y.dim.size if y.dim is not None else None
    if left is None:
        left = (1, len(x)) if right is not None and right[0] == len(x) else (len(x), 1)
    if right is None:
        right = (len(y), 1) if left[1] == len(y) else (1, len(y))
    if left[1] != right[0] or has_column((x, y)) or left[0] * left[1] * right[1] > _MOST_WRITTEN:
        return None
    b = context.builder
    a, c = [context.node(i, 0) for i in x.items], [context.node(i, 1) for i in y.items]
    cells: list[int] = []
    for column in range(right[1]):
        for row in range(left[0]):
            terms = [b.mul(a[k * left[0] + row], c[column * right[0] + k]) for k in range(left[1])]
            cells.append(reduce(b.add, terms))
    if left[0] == right[1] == 1:
        return _column(context, cells[0])
    return Elements(cells, None, Shape(left[0], right[1]))


def _product(context: Context, x: Value, y: Value) -> Value:
    """A product of vectors and matrices; a vector is a column or a row, whichever fits."""
    graph, make = context.graph, context.builder
    a, b = tensor(context, x, 0), tensor(context, y, 1)
    left, right = rank_of(context, a), rank_of(context, b)
    row_a, row_b = (row_of(graph, node) for node in (a, b))
    if is_column(context, x) and left == 1 and row_b is None:
        if right < 2 and not is_column(context, y):  # a vector for the only row
            return make.apply("outer", [a, _vector(context, b)])
        raise ShapeError("the only column of the first matrix does not fit the second")
    if left < 2 and row_b is not None:
        return make.apply("outer", [_vector(context, a), row_b])
    if left < 2 and right < 2:
        return _column(context, make.sum(make.mul(_same_length(context, a, b), b)))
    if row_a is not None:
        if right < 2:
            return _column(context, make.sum(make.mul(_same_length(context, row_a, b), b)))
        return as_row(context, make.apply("matvec", [make.apply("t", [b]), row_a]))
    if left < 2:
        return as_row(context, make.apply("matvec", [make.apply("t", [b]), _vector(context, a)]))
    if right < 2:
        return _column(context, make.apply("matvec", [a, _vector(context, b)]))
    return make.apply("matmul", [a, b])


def _column(context: Context, node: int) -> int:
    """A matrix of one column, which Python's products do not give."""
    return node if context.is_python else Column(node)


def _cell(context: Context, value: Value) -> Value:
    """A number as the matrix of one cell that it is; any other value itself."""
    return _column(context, value) if value.__class__ is int else value


def is_column(context: Context, value: Value) -> bool:
    """Whether a value is a vector that R takes for a matrix of one column."""
    if isinstance(value, Evaluated):
        value = value.value
    if isinstance(value, Elements):
        return value.dim is not None and value.dim.columns == 1
    return isinstance(value, Column)


def _vector(context: Context, node: int) -> int:
    """A number as a vector of one element."""
    return node if rank_of(context, node) else context.builder.stack([node])


def _same_length(context: Context, x: int, y: int) -> int:
    """``x`` itself; a number is no vector of any length in a product."""
    b = context.builder
    one, other = b.size(x), b.size(y)
    if bool(context.graph.types[x].shape) != bool(context.graph.types[y].shape) and one != other:
        raise ShapeError(f"lengths {one} and {other} differ")
    return x


def cross_product(context: Context, x: Value, y: Value) -> Value:
    """``crossprod(x, y)``: ``t(x) %*% y``."""
    if not (is_tensor(context, x) or is_tensor(context, y)):
        return _cell(context, reductions.crossprod(context, x, y))
    other = x if y is ABSENT else y
    cells = in_cells(context, x, other)
    if cells is not None:
        return product(context, matrices.transpose(context, cells[0]), cells[1])
    return _product(context, transposed(context, tensor(context, x, 0)), other)


def cross_product_of_rows(context: Context, x: Value, y: Value) -> Value:
    """``tcrossprod(x, y)``: ``x %*% t(y)``."""
    cells = in_cells(context, x, x if y is ABSENT else y)
    if cells is not None:
        return product(context, cells[0], matrices.transpose(context, cells[1]))
    other = tensor(context, x if y is ABSENT else y, 0 if y is ABSENT else 1)
    return _product(context, x, transposed(context, other))


def transposed(context: Context, node: int) -> int:
    """The transpose; a vector is a column, so its transpose is a row."""
    if rank_of(context, node) < 2:
        return as_row(context, _vector(context, node))
    row = row_of(context.graph, node)
    return context.builder.apply("t", [node]) if row is None else _column(context, row)


def transpose(context: Context, x: Value) -> Value:
    """``t(x)``."""
    if is_open(context, x) or (is_matrix(context, x) and not isinstance(x, Elements)):
        return transposed(context, tensor(context, x, 0))
    return matrices.transpose(context, x)


# -------------------------------------------------------------------- square matrices


def _square(context: Context, x: Value, what: str) -> int:
    node = tensor(context, x, 0)
    if rank_of(context, node) == 2:
        return node
    size = context.builder.size(node)
    if size.is_known and size.constant == 1:  # a number is a matrix of one row and one column
        only = context.builder.stack([node]) if not rank_of(context, node) else node
        return context.builder.apply("reshape", [only], (known(1), known(1)))
    raise Refusal("G201", f"'{what}' takes a square matrix", None, 0)


def _of_square(name: str, what: str, in_loops: Callable[[Context, Elements], Value]) -> Native:
    def call(context: Context, x: Value) -> Value:
        cells = in_cells(context, x)
        if cells is not None:
            return in_loops(context, cells[0])
        return context.builder.apply(name, [_square(context, x, what)])

    call.__name__ = what
    return call


def solve(context: Context, a: Value, b: Value) -> Value:
    """``solve(a, b)``, or the inverse of ``a``."""
    cells = in_cells(context, a) if b is ABSENT else in_cells(context, a, b)
    if cells is not None:
        right = _given(b, cells[1]) if len(cells) > 1 else None
        return small_matrices.solve(context, cells[0], right)
    matrix = _square(context, a, "solve")
    if b is ABSENT:
        return context.builder.apply("inverse", [matrix])
    side = tensor(context, b, 1)
    name = "solve" if rank_of(context, side) == 2 else "solvevec"
    found = context.builder.apply(name, [matrix, _vector(context, side)])
    return _column(context, found) if is_column(context, b) else found


def _given(value: Value, cells: Elements) -> Elements:
    """A right side in cells; a number is a vector of one."""
    return Elements(cells.items) if value.__class__ is int and len(cells) == 1 else cells


def triangular(name: str) -> Native:
    """``backsolve(r, x)`` and ``forwardsolve(l, x)``; the other triangle is not read."""

    def call(
        context: Context, a: Value, x: Value, k: Value, upper: Value, transpose: Value
    ) -> Value:
        if k is not ABSENT:
            raise Refusal("G104", f"'k' of '{name}' is not available", None, 2)
        is_upper = name == "backsolve" if upper is ABSENT else context.flag(upper, "'upper.tri'")
        turns = transpose is not ABSENT and context.flag(transpose, "'transpose'")
        cells = in_cells(context, a, x)
        if cells is not None:
            matrix, right = cells[0], _given(x, cells[1])
            if turns:
                matrix = _turned(context, matrix)
            return small_matrices.substitute(context, matrix, right, upper=is_upper != turns)
        node = _triangle(context, _square(context, a, name), is_upper)
        return solve(context, context.builder.apply("t", [node]) if turns else node, x)

    call.__name__ = name
    return call


def _turned(context: Context, x: Elements) -> Elements:
    turned = matrices.transpose(context, x)
    return turned if isinstance(turned, Elements) else x


def _triangle(context: Context, node: int, is_upper: bool) -> int:
    """The lower or the upper triangle of a matrix; of a Cholesky factor it is the factor."""
    b, graph = context.builder, context.graph
    lower = b.apply("t", [node]) if is_upper else node
    factor = node if is_upper else b.apply("t", [node])
    if graph.prim(factor) == "chol":
        return node
    half = b.apply("diag_matrix", [b.mul(b.const(0.5), b.apply("diag_part", [lower]))])
    below = b.add(b.apply("half_lower", [lower]), half)
    return b.apply("t", [below]) if is_upper else below


def determinant(context: Context, x: Value, logarithm: Value) -> Value:
    """``determinant(x)``: logarithm of the absolute value of the determinant, and its sign."""
    b = context.builder
    as_it_is = logarithm is not ABSENT and not context.flag(logarithm, "'logarithm'")
    cells = in_cells(context, x)
    if cells is None:
        matrix = _square(context, x, "determinant")
        det = b.apply("det", [matrix])
        size = b.apply("abs", [det]) if as_it_is else b.apply("logdet", [matrix])
    else:
        det = small_matrices.determinant(context, cells[0])
        size = b.apply("abs", [det])
        size = size if as_it_is else b.apply("log", [size])
    sign = b.apply("sign", [det])
    return Items((size, sign), ("modulus", "sign"))


def diagonal(context: Context, x: Value, nrow: Value, ncol: Value, names: Value) -> Value:
    """``diag(x)``: the diagonal of a matrix of data, or the matrix with a diagonal of data."""
    if isinstance(x, Column):  # its diagonal is its first element
        rank = rank_of(context, int(x))
        return context.builder.index(int(x), 1) if rank else int(x)
    if not is_open(context, x):
        count = like(context, x if nrow is ABSENT else nrow)
        if count is not None and (nrow is ABSENT or context.length_of(x) == 1):
            b = context.builder
            number = b.const(1.0) if nrow is ABSENT else context.node(x)
            return b.apply("diag_matrix", [b.broadcast(number, count)])
        return ordering.diagonal(context, x, nrow, ncol, names)
    if nrow is not ABSENT or ncol is not ABSENT:
        raise Refusal("G103", "diag() of data takes no 'nrow' and no 'ncol'", None, 1)
    node = tensor(context, x, 0)
    name = "diag_part" if rank_of(context, node) == 2 else "diag_matrix"
    return context.builder.apply(name, [node])


# ------------------------------------------------------------------------- sums and sizes


def _over(name: str, axis: int, is_mean: bool) -> Native:
    def call(context: Context, x: Value) -> Value:
        b = context.builder
        node = tensor(context, x, 0)
        if is_column(context, x) and rank_of(context, node) == 1:
            if not axis:
                return node
            return b.div(b.sum(node), b.length(node)) if is_mean else b.sum(node)
        if rank_of(context, node) != 2:
            raise Refusal("G201", f"'{name}' takes a matrix", None, 0)
        sums = b.apply("col_sums" if axis else "row_sums", [node])
        return b.div(sums, b.extent(node, 1 - axis)) if is_mean else sums

    call.__name__ = name
    return call


def rows(context: Context, x: Value) -> Value:
    """``nrow(x)``."""
    return _size(context, x, 0, matrices.height)


def columns(context: Context, x: Value) -> Value:
    """``ncol(x)``."""
    return _size(context, x, 1, matrices.width)


def dimensions(context: Context, x: Value) -> Value:
    """``dim(x)``."""
    if not is_open(context, x):
        return matrices.dim(context, x)
    sizes = rows(context, x), columns(context, x)
    return NULL if NULL in sizes else Elements(sizes)  # type: ignore[arg-type]


def _size(context: Context, x: Value, axis: int, other: Native) -> Value:
    if not is_open(context, x):
        return other(context, x)
    node = context.node(x)
    if rank_of(context, node) == 2:
        return context.whole_number(context.builder.extent(node, axis))
    if not isinstance(x, Column):
        return NULL
    return context.integer(1) if axis else context.builder.length(node)


def log_sum_exp(context: Context, x: Value) -> Value:
    """``logSumExp(x)``."""
    node = tensor(context, x, 0)
    return context.builder.apply("log_sum_exp", [_vector(context, node)])


def running_sum(context: Context, x: Value) -> Value:
    """``cumsum(x)``."""
    if is_open(context, x) and rank_of(context, context.node(x)) == 1:
        return context.builder.apply("cumsum", [context.builder.real(context.node(x))])
    return _CUMSUM(context, x)


_CUMSUM: Native = {name: native for name, _, native in reductions.NATIVES}["cumsum"]


def differences(context: Context, x: Value) -> Value:
    """``diff(x)``."""
    if not is_open(context, x):
        return reductions.differences(context, x)
    b, node = context.builder, context.node(x)
    none, one = known(0), known(1)
    later = b.apply("slice", [node], (one, none))
    return b.sub(later, b.apply("slice", [node], (none, one)))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("%*%", "x y", product),
    ("crossprod", "x y?", cross_product),
    ("tcrossprod", "x y?", cross_product_of_rows),
    ("t", "x", transpose),
    ("solve", "a b?", solve),
    ("det", "x", _of_square("det", "det", small_matrices.determinant)),
    ("chol", "x", _of_square("chol", "chol", small_matrices.cholesky)),
    ("backsolve", "r x k? upper.tri? transpose?", triangular("backsolve")),
    ("forwardsolve", "l x k? upper.tri? transpose?", triangular("forwardsolve")),
    ("determinant", "x logarithm?", determinant),
    ("diag", "x? nrow? ncol? names?", diagonal),
    ("rowSums", "x", _over("rowSums", 0, is_mean=False)),
    ("colSums", "x", _over("colSums", 1, is_mean=False)),
    ("rowMeans", "x", _over("rowMeans", 0, is_mean=True)),
    ("colMeans", "x", _over("colMeans", 1, is_mean=True)),
    ("dim", "x", dimensions),
    ("nrow", "x", rows),
    ("ncol", "x", columns),
    ("logSumExp", "x", log_sum_exp),
    ("cumsum", "x", running_sum),
    ("diff", "x", differences),
)
"""These stand before the functions of the same names that work on what is known one by one."""
