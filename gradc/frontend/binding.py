"""Putting together and taking apart vectors and matrices whose sizes only the data tell."""

from __future__ import annotations

from gradc.frontend import matrices, vectors
from gradc.frontend.actions import Native
from gradc.frontend.algebra import transposed
from gradc.frontend.batching import rows_at
from gradc.frontend.columns import has_column
from gradc.frontend.context import Context
from gradc.frontend.lifting import as_row, is_matrix, is_open, rank_of, row_of, tensor
from gradc.frontend.loop_sizes import fit_rows
from gradc.frontend.positions import positions
from gradc.frontend.values import ABSENT, NULL, Column, Dots, Elements, Flat, Refusal, Value
from gradc.ir.types import Size, known
from gradc.prims import Builder


def combine(context: Context, dots: Dots) -> Value:
    """``c(…)``, with data of any length among the arguments."""
    values = [value for _, value in dots.items]
    if len(values) == 1 and is_matrix(context, values[0]) and not isinstance(values[0], Elements):
        return flat(context, values[0])
    if len(values) < 2 or not any(is_open(context, value) for value in values):
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
            parts.append(b.real(node if rank_of(context, node) < 2 else _flat(context, node)))
    return b.apply("concat", parts)


def flat(context: Context, x: Value, mode: Value = ABSENT) -> Value:
    """``as.vector(x)``, ``c(x)`` of a matrix."""
    if is_matrix(context, x) and not isinstance(x, Elements):
        node = tensor(context, x, 0)
        sizes = [
            size.substitute(context.graph.bindings) for size in context.graph.types[node].shape
        ]
        if row_of(context.graph, node) is None and not any(size.is_known for size in sizes):
            return Flat(node)
        return _flat(context, tensor(context, x, 0))
    return vectors.bare(context, x, mode)


def _flat(context: Context, node: int) -> int:
    row = row_of(context.graph, node)
    return context.builder.apply("as_vector", [node]) if row is None else row


def drop(context: Context, x: Value) -> Value:
    """``drop(x)``: a matrix with one row or one column is a vector."""
    if not is_open(context, x):
        return x
    node = context.node(x)
    if rank_of(context, node) < 2:
        return node
    sizes = [size.substitute(context.graph.bindings) for size in context.graph.types[node].shape]
    if known(1) in sizes:
        return _flat(context, node)
    return node


def matrix(
    context: Context, data: Value, nrow: Value, ncol: Value, byrow: Value, dimnames: Value
) -> Value:
    """``matrix(data, nrow, ncol, byrow)``."""
    if not is_open(context, data) or rank_of(context, context.node(data)) == 2:
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
        return Column(node)
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
    if not any(is_open(context, value) for value in values):
        return matrices.bind_columns(context, dots)
    return _bound(context, [tensor(context, value, k) for k, value in enumerate(values)])


def bind_rows(context: Context, dots: Dots) -> Value:
    """``rbind(…)``."""
    values = [value for _, value in dots.items if value is not NULL]
    if not any(is_open(context, value) for value in values):
        return matrices.bind_rows(context, dots)
    if has_column(values):
        message = "rbind() of a matrix with a single column is not available"
        raise Refusal("G104", message, "c() makes it a plain vector")
    nodes = [tensor(context, value, k) for k, value in enumerate(values)]
    turned = [transposed(context, n) if rank_of(context, n) == 2 else n for n in nodes]
    return transposed(context, _bound(context, turned))


def _bound(context: Context, nodes: list[int]) -> int:
    b = context.builder
    parts: list[int] = []
    widths = [
        context.graph.types[node].shape[1].substitute(context.graph.bindings)
        for node in nodes
        if rank_of(context, node) == 2
    ]
    if not all(width.is_known for width in widths):
        return _beside(context, nodes)
    for node in nodes:
        if rank_of(context, node) < 2:
            parts.append(b.real(node))
            continue
        size = context.graph.types[node].shape[1].substitute(context.graph.bindings)
        parts += [b.apply("get_col", [node], j) for j in range(1, size.constant + 1)]
    like = next(node for node in parts if rank_of(context, node) == 1)
    if len(parts) == 1:
        return Column(like)
    return b.apply("bind_cols", [b.broadcast(node, like) for node in parts])


def _beside(context: Context, nodes: list[int]) -> int:
    """Matrices of any number of columns, vectors and numbers side by side."""
    b = context.builder
    matrix = next(node for node in nodes if rank_of(context, node) == 2)
    like = b.apply("get_col", [matrix], 1)
    parts = [
        node if rank_of(context, node) == 2 else b.broadcast(b.real(node), like) for node in nodes
    ]
    return parts[0] if len(parts) == 1 else b.apply("concat_cols", parts)


def take_cells(context: Context, x: Value, rows: Value, columns: Value, drop: Value) -> Value:
    """``x[i, j]`` of a matrix of the graph."""
    node = context.node(x, 0)
    keeps = drop is not ABSENT and not context.flag(drop, "'drop'")
    if isinstance(x, Column) and rank_of(context, node) == 1:
        node = context.builder.apply("bind_cols", [node])
    if rank_of(context, node) != 2:
        raise Refusal("G201", "this has no rows and columns: it is a vector", None, 0)
    if rows is ABSENT and columns is ABSENT:
        return x
    for argument, index in enumerate((rows, columns), start=1):
        # A test is no place: which rows it takes, and how many, only the data tell.
        if index.__class__ is int and context.graph.types[index].dtype == "bool":
            message = "how many rows or columns this takes is known only when the data arrive"
            raise Refusal("G104", message, "weigh them: sum((x > 0)*x)", argument)
    found, column = _taken(context, node, rows, columns)
    if not keeps or rank_of(context, found) == 2:
        return found
    return Column(found) if column else as_row(context, found)


def _taken(context: Context, node: int, rows: Value, columns: Value) -> tuple[int, bool]:
    """Cells of a matrix, and whether they are of a single column."""
    b = context.builder
    if rows is ABSENT or columns is ABSENT:
        axis = int(rows is ABSENT)
        return _take_lines(context, node, columns if axis else rows, axis), bool(axis)
    row, column = _place(context, rows, node, 0), _place(context, columns, node, 1)
    if row is not None and column is not None:
        return b.apply("entry", [node], (row, column)), True
    if column is not None:
        return b.apply("gather", [b.apply("get_col", [node], column), context.node(rows, 1)]), True
    if row is not None:
        picked = b.apply("gather", [b.apply("get_row", [node], row), context.node(columns, 2)])
        return picked, False
    i, j = context.node(rows, 1), context.node(columns, 2)
    if rank_of(context, i) and rank_of(context, j):
        picked = b.apply("t", [b.apply("gather_rows", [node, i])])
        return b.apply("t", [b.apply("gather_rows", [picked, j])]), True
    if rank_of(context, i):
        return b.apply("gather", [line_at(b, b.apply("t", [node]), j), i]), True
    return b.apply("gather", [line_at(b, node, i), j]), False


def line_at(b: Builder, matrix: int, index: int) -> int:
    """The row with a number that only the data tell, or the counter of a loop."""
    return b.apply("as_vector", [b.apply("gather_rows", [matrix, b.stack([index])])])


def take_single_cells(context: Context, x: Value, index: Value) -> Value | None:
    """``x[cbind(i, j)]``: one cell for each row of the index; None where that is no such index."""
    if not is_matrix(context, x) or not is_matrix(context, index):
        return None
    graph, b = context.graph, context.builder
    places, matrix = tensor(context, index, 1), tensor(context, x, 0)
    if rank_of(context, places) != 2 or rank_of(context, matrix) != 2:
        return None
    size = graph.types[places].shape[1].substitute(graph.bindings)
    if size != known(2):
        raise Refusal("G201", "a matrix that indexes has a column of rows and one of columns")
    parts = graph.args(places) if graph.prim(places) == "bind_cols" else ()
    i, j = parts or (b.apply("get_col", [places], k) for k in (1, 2))
    like = next((part for part in (i, j) if rank_of(context, part)), None)
    if like is None:
        i, j = b.stack([i]), b.stack([j])
    else:
        i, j = b.broadcast(i, like), b.broadcast(j, like)
    fit_rows(b, matrix, i)
    return b.apply("gather_cells", [rows_at(b, matrix, i), j])


def _place(context: Context, index: Value, matrix: int, axis: int) -> int | None:
    if context.length_of(index) != 1 or not isinstance(index, int):
        return None
    if context.constants.value(int(index)) is None and context.defaults(int(index)) is None:
        return None
    return context.whole(index, "an index", 1 + axis)


def _take_lines(context: Context, node: int, index: Value, axis: int) -> int:
    """Rows (0) or columns (1) of a matrix."""
    b = context.builder
    place = _place(context, index, node, axis)
    if place is not None and place > 0:
        return b.apply("get_col" if axis else "get_row", [node], place)
    size = context.graph.types[node].shape[axis].substitute(context.graph.bindings)
    if place == -1 and not size.is_known:
        return _without_first(context, node, axis)
    is_open = isinstance(index, int) and (context.graph.types[index].rank == 1 or place is None)
    if is_open and isinstance(index, int):
        turned = b.apply("t", [node]) if axis else node
        if not context.graph.types[index].rank:
            return line_at(b, turned, index)
        picked = b.apply("gather_rows", [turned, int(index)])
        return b.apply("t", [picked]) if axis else picked
    count = size.constant if size.is_known else None
    chosen = positions(context, index, count, None, node)
    lines = [b.apply("get_col" if axis else "get_row", [node], k + 1) for k in chosen]
    if len(lines) == 1:
        return lines[0]
    bound = b.apply("bind_cols", lines)
    return bound if axis else b.apply("t", [bound])


def _without_first(context: Context, node: int, axis: int) -> int:
    """``x[-1, ]``, or ``x[, -1]``, of a matrix that has more than two rows or columns."""
    b = context.builder
    turned = b.apply("t", [node]) if axis else node
    rest = b.apply("slice", [b.apply("get_col", [turned], 1)], (known(1), known(0)))
    kept = b.apply("gather_rows", [turned, b.apply("seq_along", [rest], 1)])
    return b.apply("t", [kept]) if axis else kept


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("c", "...", combine),
    ("as.vector", "x mode?", flat),
    ("drop", "x", drop),
    ("matrix", "data? nrow? ncol? byrow? dimnames?", matrix),
    ("cbind", "...", bind_columns),
    ("rbind", "...", bind_rows),
)
"""These stand before the functions of the same names that work on what is known one by one."""
