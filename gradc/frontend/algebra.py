"""Linear algebra, and functions of vectors and matrices whose sizes only the data tell.

A matrix of a single column that a product gives is a vector here: R drops its column at the
next step, or the model never asks for it.
"""

from __future__ import annotations

from functools import reduce

from gradc.frontend import matrices, ordering, reductions, vectors
from gradc.frontend.actions import Native
from gradc.frontend.context import Context
from gradc.frontend.lifting import as_row, is_matrix, row_of, tensor
from gradc.frontend.positions import positions
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Elements,
    Items,
    Outcome,
    Refusal,
    Shape,
    Value,
)
from gradc.ir.types import Size, known
from gradc.prims import ShapeError


def _is_open(context: Context, value: Value) -> bool:
    """Whether a value is a node whose elements are not told apart."""
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    rank = context.graph.types[value].rank
    return rank == 2 or (rank == 1 and context.length_of(value) is None)


def _is_tensor(context: Context, value: Value) -> bool:
    """Whether a value is a vector of data, a matrix of data, or a matrix of single numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return context.graph.types[value].rank > 0
    return is_matrix(context, value)


def _rank(context: Context, node: int) -> int:
    return context.graph.types[node].rank


# -------------------------------------------------------------------------------- products


def product(context: Context, x: Value, y: Value) -> Value:
    """``x %*% y``."""
    for value in (x, y):
        if isinstance(value, Outcome):
            return value
    if not (_is_tensor(context, x) or _is_tensor(context, y)):
        return reductions.inner_product(context, x, y)
    written = _written_out(context, x, y)
    if written is not None:
        return written
    return _product(context, tensor(context, x, 0), tensor(context, y, 1))


_MOST_WRITTEN = 64
"""Up to how many multiplications a product of single numbers is written out."""


def _written_out(context: Context, x: Value, y: Value) -> Value | None:
    """The product of two small matrices of single numbers, number by number."""
    if not (isinstance(x, Elements) and isinstance(y, Elements)):
        return None
    left = x.dim.size if x.dim is not None else None
    right = y.dim.size if y.dim is not None else None
    if left is None:
        left = (1, len(x)) if right is not None and right[0] == len(x) else (len(x), 1)
    if right is None:
        right = (len(y), 1) if left[1] == len(y) else (1, len(y))
    if left[1] != right[0] or left[0] * left[1] * right[1] > _MOST_WRITTEN:
        return None
    b = context.builder
    a, c = [context.node(i, 0) for i in x.items], [context.node(i, 1) for i in y.items]
    cells: list[int] = []
    for column in range(right[1]):
        for row in range(left[0]):
            terms = [b.mul(a[k * left[0] + row], c[column * right[0] + k]) for k in range(left[1])]
            cells.append(reduce(b.add, terms))
    if left[0] == right[1] == 1:
        return cells[0]
    return Elements(cells, None, Shape(left[0], right[1]))


def _product(context: Context, a: int, b: int) -> int:
    """A product of vectors and matrices; a vector is a column or a row, whichever fits."""
    graph, make = context.graph, context.builder
    left, right = _rank(context, a), _rank(context, b)
    row_a, row_b = (row_of(graph, node) for node in (a, b))
    if left < 2 and row_b is not None:
        return make.apply("outer", [_vector(context, a), row_b])
    if left < 2 and right < 2:
        return make.sum(make.mul(_same_length(context, a, b), b))
    if row_a is not None:
        if right < 2:
            return make.sum(make.mul(_same_length(context, row_a, b), b))
        return as_row(context, make.apply("matvec", [make.apply("t", [b]), row_a]))
    if left < 2:
        return as_row(context, make.apply("matvec", [make.apply("t", [b]), _vector(context, a)]))
    if right < 2:
        return make.apply("matvec", [a, _vector(context, b)])
    return make.apply("matmul", [a, b])


def _vector(context: Context, node: int) -> int:
    """A number as a vector of one element."""
    return node if _rank(context, node) else context.builder.stack([node])


def _same_length(context: Context, x: int, y: int) -> int:
    """``x`` itself; a number is no vector of any length in a product."""
    b = context.builder
    one, other = b.size(x), b.size(y)
    if bool(context.graph.types[x].shape) != bool(context.graph.types[y].shape) and one != other:
        raise ShapeError(f"lengths {one} and {other} differ")
    return x


def cross_product(context: Context, x: Value, y: Value) -> Value:
    """``crossprod(x, y)``: ``t(x) %*% y``."""
    if not (_is_tensor(context, x) or _is_tensor(context, y)):
        return reductions.crossprod(context, x, y)
    a = tensor(context, x, 0)
    return _product(context, _transposed(context, a), a if y is ABSENT else tensor(context, y, 1))


def cross_product_of_rows(context: Context, x: Value, y: Value) -> Value:
    """``tcrossprod(x, y)``: ``x %*% t(y)``."""
    a = tensor(context, x, 0)
    other = a if y is ABSENT else tensor(context, y, 1)
    return _product(context, a, _transposed(context, other))


def _transposed(context: Context, node: int) -> int:
    if _rank(context, node) < 2:
        return as_row(context, _vector(context, node))
    row = row_of(context.graph, node)
    return context.builder.apply("t", [node]) if row is None else row


def transpose(context: Context, x: Value) -> Value:
    """``t(x)``."""
    if _is_open(context, x) or (is_matrix(context, x) and not isinstance(x, Elements)):
        return _transposed(context, tensor(context, x, 0))
    return matrices.transpose(context, x)


# -------------------------------------------------------------------- square matrices


def _square(context: Context, x: Value, what: str) -> int:
    node = tensor(context, x, 0)
    if _rank(context, node) == 2:
        return node
    size = context.builder.size(node)
    if size.is_known and size.constant == 1:  # a number is a matrix of one row and one column
        only = context.builder.stack([node]) if not _rank(context, node) else node
        return context.builder.apply("reshape", [only], (known(1), known(1)))
    raise Refusal("G201", f"'{what}' takes a square matrix", None, 0)


def _of_square(name: str, what: str) -> Native:
    def call(context: Context, x: Value) -> Value:
        return context.builder.apply(name, [_square(context, x, what)])

    call.__name__ = what
    return call


def solve(context: Context, a: Value, b: Value) -> Value:
    """``solve(a, b)``, or the inverse of ``a``."""
    matrix = _square(context, a, "solve")
    if b is ABSENT:
        return context.builder.apply("inverse", [matrix])
    right = tensor(context, b, 1)
    name = "solve" if _rank(context, right) == 2 else "solvevec"
    return context.builder.apply(name, [matrix, _vector(context, right)])


def determinant(context: Context, x: Value, logarithm: Value) -> Value:
    """``determinant(x)``: logarithm of the absolute value of the determinant, and its sign."""
    matrix = _square(context, x, "determinant")
    b = context.builder
    if logarithm is not ABSENT and not context.flag(logarithm, "'logarithm'"):
        size = b.apply("abs", [b.apply("det", [matrix])])
    else:
        size = b.apply("logdet", [matrix])
    sign = b.apply("sign", [b.apply("det", [matrix])])
    return Items((size, sign), ("modulus", "sign"))


def diagonal(context: Context, x: Value, nrow: Value, ncol: Value, names: Value) -> Value:
    """``diag(x)``: the diagonal of a matrix of data, or the matrix with a diagonal of data."""
    if not _is_open(context, x):
        return ordering.diagonal(context, x, nrow, ncol, names)
    if nrow is not ABSENT or ncol is not ABSENT:
        raise Refusal("G103", "diag() of data takes no 'nrow' and no 'ncol'", None, 1)
    node = tensor(context, x, 0)
    name = "diag_part" if _rank(context, node) == 2 else "diag_matrix"
    return context.builder.apply(name, [node])


# ------------------------------------------------------------------------- sums and sizes


def _over(name: str, axis: int, is_mean: bool) -> Native:
    def call(context: Context, x: Value) -> Value:
        b = context.builder
        node = tensor(context, x, 0)
        if _rank(context, node) != 2:
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


def _size(context: Context, x: Value, axis: int, other: Native) -> Value:
    if not _is_open(context, x):
        return other(context, x)
    node = context.node(x)
    if _rank(context, node) == 2:
        return context.whole_number(context.builder.extent(node, axis))
    if axis == 0 and context.graph.prim(node) in ("matvec", "get_col", "solvevec"):
        return context.builder.length(node)
    return NULL


def log_sum_exp(context: Context, x: Value) -> Value:
    """``logSumExp(x)``."""
    node = tensor(context, x, 0)
    return context.builder.apply("log_sum_exp", [_vector(context, node)])


def running_sum(context: Context, x: Value) -> Value:
    """``cumsum(x)``."""
    if _is_open(context, x) and _rank(context, context.node(x)) == 1:
        return context.builder.apply("cumsum", [context.builder.real(context.node(x))])
    return _CUMSUM(context, x)


_CUMSUM: Native = {name: native for name, _, native in reductions.NATIVES}["cumsum"]


def differences(context: Context, x: Value) -> Value:
    """``diff(x)``."""
    if not _is_open(context, x):
        return reductions.differences(context, x)
    b, node = context.builder, context.node(x)
    none, one = known(0), known(1)
    later = b.apply("slice", [node], (one, none))
    return b.sub(later, b.apply("slice", [node], (none, one)))


# ----------------------------------------------------------------- putting together, taking apart


def combine(context: Context, dots: Dots) -> Value:
    """``c(…)``, with data of any length among the arguments."""
    values = [value for _, value in dots.items]
    if len(values) == 1 and is_matrix(context, values[0]) and not isinstance(values[0], Elements):
        return flat(context, values[0])
    if len(values) < 2 or not any(_is_open(context, value) for value in values):
        return vectors.combine(context, dots)
    b = context.builder
    parts: list[int] = []
    for k, value in enumerate(values):
        if value is NULL:
            continue
        if isinstance(value, Elements):
            parts += [context.node(item, k) for item in value.items]
        else:
            node = context.node(value, k)
            parts.append(b.real(node if _rank(context, node) < 2 else _flat(context, node)))
    return b.apply("concat", parts)


def flat(context: Context, x: Value, mode: Value = ABSENT) -> Value:
    """``as.vector(x)``, ``c(x)`` of a matrix."""
    if is_matrix(context, x) and not isinstance(x, Elements):
        return _flat(context, tensor(context, x, 0))
    return vectors.bare(context, x, mode)


def _flat(context: Context, node: int) -> int:
    row = row_of(context.graph, node)
    return context.builder.apply("as_vector", [node]) if row is None else row


def drop(context: Context, x: Value) -> Value:
    """``drop(x)``: a matrix with one row or one column is a vector."""
    if not _is_open(context, x):
        return x
    node = context.node(x)
    if _rank(context, node) < 2:
        return node
    sizes = [size.substitute(context.graph.bindings) for size in context.graph.types[node].shape]
    if known(1) in sizes:
        return _flat(context, node)
    return node


def matrix(
    context: Context, data: Value, nrow: Value, ncol: Value, byrow: Value, dimnames: Value
) -> Value:
    """``matrix(data, nrow, ncol, byrow)``."""
    if not _is_open(context, data) or _rank(context, context.node(data)) == 2:
        return matrices.matrix(context, data, nrow, ncol, byrow, dimnames)
    node, b = context.node(data), context.builder
    across = byrow is not ABSENT and context.flag(byrow, "'byrow'")
    if ncol is ABSENT and nrow is ABSENT:
        return node
    by_columns = ncol is not ABSENT and context.number(ncol) is not None
    if not by_columns and (nrow is ABSENT or context.number(nrow) is None):
        raise Refusal("G104", "how many columns this matrix has is not known", None, 2)
    count = context.whole(ncol if by_columns else nrow, "a dimension")
    rest = _divided(context, node, count)
    if by_columns and count == 1:
        return node
    rows, columns = (rest, known(count)) if by_columns else (known(count), rest)
    if across:
        return b.apply("t", [b.apply("reshape", [node], (columns, rows))])
    return b.apply("reshape", [node], (rows, columns))


def _divided(context: Context, node: int, count: int) -> Size:
    """The length of a vector divided by a count of rows or columns."""
    size = context.builder.size(node)
    parts = [size.constant, *(factor for _, factor in size.terms)]
    if count < 1 or any(part % count for part in parts):
        raise Refusal("G201", f"{size} elements do not fill rows or columns of {count}", None, 0)
    return Size(size.constant // count, tuple((n, f // count) for n, f in size.terms))


def bind_columns(context: Context, dots: Dots) -> Value:
    """``cbind(…)``."""
    values = [value for _, value in dots.items if value is not NULL]
    if not any(_is_open(context, value) for value in values):
        return matrices.bind_columns(context, dots)
    return _bound(context, [tensor(context, value, k) for k, value in enumerate(values)])


def bind_rows(context: Context, dots: Dots) -> Value:
    """``rbind(…)``."""
    values = [value for _, value in dots.items if value is not NULL]
    if not any(_is_open(context, value) for value in values):
        return matrices.bind_rows(context, dots)
    nodes = [tensor(context, value, k) for k, value in enumerate(values)]
    turned = [_transposed(context, n) if _rank(context, n) == 2 else n for n in nodes]
    return _transposed(context, _bound(context, turned))


def _bound(context: Context, nodes: list[int]) -> int:
    b = context.builder
    parts: list[int] = []
    for node in nodes:
        if _rank(context, node) < 2:
            parts.append(b.real(node))
            continue
        size = context.graph.types[node].shape[1].substitute(context.graph.bindings)
        if not size.is_known:
            raise Refusal("G104", "how many columns are bound together is not known")
        parts += [b.apply("get_col", [node], j) for j in range(1, size.constant + 1)]
    like = next(node for node in parts if _rank(context, node) == 1)
    return b.apply("bind_cols", [b.broadcast(node, like) for node in parts])


def take_cells(context: Context, x: Value, rows: Value, columns: Value, drop: Value) -> Value:
    """``x[i, j]`` of a matrix of the graph."""
    node, b = context.node(x, 0), context.builder
    if _rank(context, node) != 2:
        raise Refusal("G201", "this has no rows and columns: it is a vector", None, 0)
    if rows is ABSENT and columns is ABSENT:
        return node
    if rows is ABSENT or columns is ABSENT:
        return _take_lines(context, node, columns if rows is ABSENT else rows, int(rows is ABSENT))
    row, column = _place(context, rows, node, 0), _place(context, columns, node, 1)
    if row is not None and column is not None:
        return b.apply("entry", [node], (row, column))
    if column is not None:
        return b.apply("gather", [b.apply("get_col", [node], column), context.node(rows, 1)])
    if row is not None:
        return b.apply("gather", [b.apply("get_row", [node], row), context.node(columns, 2)])
    raise Refusal("G104", "of row and column of a matrix only one can depend on the data", None, 1)


def _place(context: Context, index: Value, matrix: int, axis: int) -> int | None:
    if context.length_of(index) != 1 or not isinstance(index, int):
        return None
    if context.constants.value(int(index)) is None and context.defaults(int(index)) is None:
        return None
    return context.whole(index, "an index", 1 + axis)


def _take_lines(context: Context, node: int, index: Value, axis: int) -> Value:
    """Rows (0) or columns (1) of a matrix."""
    b = context.builder
    place = _place(context, index, node, axis)
    if place is not None and place > 0:
        return b.apply("get_col" if axis else "get_row", [node], place)
    size = context.graph.types[node].shape[axis].substitute(context.graph.bindings)
    is_open = isinstance(index, int) and (context.graph.types[index].rank == 1 or place is None)
    if is_open and isinstance(index, int):
        turned = b.apply("t", [node]) if axis else node
        if not context.graph.types[index].rank:
            picked = b.apply("gather_rows", [turned, b.stack([index])])
            return b.apply("as_vector", [picked])
        picked = b.apply("gather_rows", [turned, int(index)])
        return b.apply("t", [picked]) if axis else picked
    count = size.constant if size.is_known else None
    chosen = positions(context, index, count, None, node)
    lines = [b.apply("get_col" if axis else "get_row", [node], k + 1) for k in chosen]
    if len(lines) == 1:
        return lines[0]
    bound = b.apply("bind_cols", lines)
    return bound if axis else b.apply("t", [bound])


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("%*%", "x y", product),
    ("crossprod", "x y?", cross_product),
    ("tcrossprod", "x y?", cross_product_of_rows),
    ("t", "x", transpose),
    ("solve", "a b?", solve),
    ("det", "x", _of_square("det", "det")),
    ("chol", "x", _of_square("chol", "chol")),
    ("determinant", "x logarithm?", determinant),
    ("diag", "x? nrow? ncol? names?", diagonal),
    ("rowSums", "x", _over("rowSums", 0, is_mean=False)),
    ("colSums", "x", _over("colSums", 1, is_mean=False)),
    ("rowMeans", "x", _over("rowMeans", 0, is_mean=True)),
    ("colMeans", "x", _over("colMeans", 1, is_mean=True)),
    ("nrow", "x", rows),
    ("ncol", "x", columns),
    ("logSumExp", "x", log_sum_exp),
    ("cumsum", "x", running_sum),
    ("diff", "x", differences),
    ("c", "...", combine),
    ("as.vector", "x mode?", flat),
    ("drop", "x", drop),
    ("matrix", "data? nrow? ncol? byrow? dimnames?", matrix),
    ("cbind", "...", bind_columns),
    ("rbind", "...", bind_rows),
)
"""These stand before the functions of the same names that work on what is known one by one."""
