"""Matrices and data frames of what is known one by one: texts, names, single numbers.

Matrices of data, and linear algebra, are not here: those are nodes of the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.positions import inside, positions
from gradc.frontend.scope import NAME
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Atom,
    Dots,
    Elements,
    Items,
    Labels,
    Outcome,
    Refusal,
    Shape,
    Value,
    Whole,
    describe,
)
from gradc.frontend.vectors import bounded, fitted
from gradc.frontend.vectors import of_one_sort as one_sort
from gradc.syntax.rope import Text


def dimensions(context: Context, x: Value) -> tuple[int, int] | None:
    """Rows and columns of a matrix or a data frame, None for anything else."""
    if isinstance(x, Items) and x.is_frame:
        return max((_height(context, column) for column in x.values), default=0), len(x.values)
    if isinstance(x, Elements) and x.dim is not None:
        return x.dim.size
    return None


def _height(context: Context, column: Value) -> int:
    length = context.length_of(column)
    if length is None and isinstance(column, int):
        raise context.unknown_length(column)
    return 1 if length is None else length


def matrix(
    context: Context, data: Value, nrow: Value, ncol: Value, byrow: Value, dimnames: Value
) -> Value:
    """``matrix(data, nrow, ncol, byrow)``: filled column by column, as in R."""
    row_names, column_names = _dimnames(context, dimnames)
    items = list(context.atoms(context.builder.const(0.0) if data is ABSENT else data, 0))
    rows = None if nrow is ABSENT else context.whole(nrow, "'nrow'")
    columns = None if ncol is ABSENT else context.whole(ncol, "'ncol'")
    if rows is None:
        rows = len(items) if columns is None else -(-len(items) // max(columns, 1))
    if columns is None:
        columns = -(-len(items) // max(rows, 1))
    count = bounded(rows * columns)
    if count and not items:
        raise Refusal("G201", "a matrix cannot be filled with no elements", None, 0)
    if items and count % len(items):
        raise Refusal(
            "G201", f"{len(items)} elements do not fill {rows} rows and {columns} columns", None, 0
        )
    context.spend(count)
    cells = (items * (count // len(items) if items else 0))[:count]
    if byrow is not ABSENT and context.flag(byrow, "'byrow'"):
        cells = [cells[i * columns + j] for j in range(columns) for i in range(rows)]
    return Elements(cells, None, _shape(rows, columns, row_names, column_names))


def _shape(rows: int, columns: int, row_names: Labels, column_names: Labels) -> Shape:
    for names, count in ((row_names, rows), (column_names, columns)):
        if names is not None and len(names) != count:
            raise Refusal("G201", f"{len(names)} names do not fit {count} rows or columns")
    return Shape(rows, columns, row_names, column_names)


def _dimnames(context: Context, value: Value) -> tuple[Labels, Labels]:
    """The names of rows and columns in ``list(rows, columns)``."""
    if value in (ABSENT, NULL):
        return None, None
    if not isinstance(value, Items) or len(value.values) != 2:
        raise Refusal("G202", "the names of rows and columns come as a list of two")
    rows, columns = (_labels(context, names) for names in value.values)
    return rows, columns


def _labels(context: Context, names: Value) -> Labels:
    if names is NULL:
        return None
    return tuple(context.as_characters(item) for item in context.atoms(names))


def labels_of(x: Value) -> tuple[Labels, Labels]:
    """The names of the rows and of the columns of a matrix or a data frame."""
    if isinstance(x, Items):
        return None, x.names
    if isinstance(x, Elements) and x.dim is not None:
        return x.dim.row_names, x.dim.column_names
    return None, None


def row_names(context: Context, x: Value) -> Value:
    """``rownames(x)``; the rows of a data frame are numbered."""
    if isinstance(x, Items) and x.is_frame:
        return vector_of(
            [context.made(str(k + 1)) for k in range((dimensions(context, x) or (0, 0))[0])]
        )
    return _as_value(context, labels_of(x)[0])


def column_names(context: Context, x: Value) -> Value:
    """``colnames(x)``."""
    return _as_value(context, labels_of(x)[1])


def _as_value(context: Context, names: Labels) -> Value:
    return NULL if names is None else Elements([context.made(name) for name in names])


def dim_names(context: Context, x: Value) -> Value:
    """``dimnames(x)``."""
    both = labels_of(x)
    return NULL if both == (None, None) else Items(tuple(_as_value(context, n) for n in both))


def _renamed(context: Context, x: Value, rows: Labels, columns: Labels) -> Value:
    size = dimensions(context, x)
    if size is None:
        raise Refusal("G201", f"{describe(x)} has no rows and columns", None, 0)
    shape = _shape(*size, rows, columns)
    if isinstance(x, Items):
        return Items(x.values, columns, x.is_frame)
    return Elements(context.atoms(x), None, shape)


def set_row_names(context: Context, x: Value, value: Value) -> Value:
    """What ``x`` is after ``rownames(x) <- names``."""
    return _renamed(context, x, _labels(context, value), labels_of(x)[1])


def set_column_names(context: Context, x: Value, value: Value) -> Value:
    """What ``x`` is after ``colnames(x) <- names``."""
    return _renamed(context, x, labels_of(x)[0], _labels(context, value))


def set_dim_names(context: Context, x: Value, value: Value) -> Value:
    """What ``x`` is after ``dimnames(x) <- list(rows, columns)``."""
    return _renamed(context, x, *_dimnames(context, value))


def _cells(context: Context, x: Value) -> tuple[list[Atom], int, int]:
    """The cells of a matrix, or of a frame, column by column."""
    size = dimensions(context, x)
    if size is None:
        raise Refusal("G201", f"{describe(x)} is no matrix", None, 0)
    rows, columns = size
    if isinstance(x, Items):
        cells: list[Atom] = []
        for column in of_one_sort(context, x).values:
            atoms = list(context.atoms(column, 0))
            cells += atoms * (rows if len(atoms) == 1 else 1)
        if any(isinstance(c, Text) for c in cells):
            cells = [
                c if isinstance(c, Text) else context.made(context.as_characters(c)) for c in cells
            ]
        return cells, rows, columns
    return list(context.atoms(x, 0)), rows, columns


def of_one_sort(context: Context, x: Items) -> Items:
    """The columns of a data frame as those of one matrix: next to texts, numbers are texts.

    As in R, the numbers of a column are then written with one format, to one width.
    """
    if not any(isinstance(atom, Text) for v in x.values for atom in _listed(v)):
        return x
    return Items(tuple(_written(context, v) for v in x.values), x.names, x.is_frame)


def _listed(value: Value) -> Sequence[Atom]:
    return value.items if isinstance(value, Elements) else (value,)  # type: ignore[return-value]


def _written(context: Context, column: Value) -> Value:
    from gradc.text.formats import format_numbers

    atoms = context.atoms(column)
    if any(isinstance(atom, Text) for atom in atoms):
        return column
    numbers = [context.known(atom, "a number next to text") for atom in atoms]
    whole = all(isinstance(atom, Whole) for atom in atoms)
    lines = format_numbers([int(n) if whole else n for n in numbers])
    return vector_of([context.made(line) for line in lines])


def take_cells(context: Context, x: Value, rows: Value, columns: Value, drop: Value) -> Value:
    """``x[i, j]``; a row or a column alone is a vector."""
    if isinstance(x, Outcome):
        return x
    if isinstance(x, Items) and x.is_frame:
        return _take_from_frame(context, x, rows, columns)
    cells, height, width = _cells(context, x)
    of_rows, of_columns = labels_of(x)
    chosen_rows = inside(positions(context, rows, height, of_rows), height)
    chosen_columns = inside(positions(context, columns, width, of_columns), width)
    kept = [cells[j * height + i] for j in chosen_columns for i in chosen_rows]
    flat = drop is ABSENT or context.flag(drop, "'drop'")
    left = tuple(of_rows[k] for k in chosen_rows) if of_rows else None
    top = tuple(of_columns[k] for k in chosen_columns) if of_columns else None
    if flat and len(chosen_rows) == len(chosen_columns) == 1:
        return kept[0]
    if flat and 1 in (len(chosen_rows), len(chosen_columns)):
        return vector_of(kept, left if len(chosen_columns) == 1 else top)
    return Elements(kept, None, Shape(len(chosen_rows), len(chosen_columns), left, top))


def _take_from_frame(context: Context, x: Items, rows: Value, columns: Value) -> Value:
    width = len(x.values)
    chosen = inside(positions(context, columns, width, x.names), width)
    picked: list[Value] = [x.values[k] for k in chosen]
    if rows is not ABSENT:
        count = (dimensions(context, x) or (0, 0))[0]
        places = inside(positions(context, rows, count, None), count)
        for k, column in enumerate(picked):
            atoms = context.atoms(column, 0)
            picked[k] = vector_of([atoms[p % len(atoms)] for p in places])
    if len(chosen) == 1:
        return picked[0]
    names = tuple(x.names[k] for k in chosen) if x.names else None
    return Items(tuple(picked), names, is_frame=True)


def replace_cells(context: Context, x: Value, rows: Value, columns: Value, value: Value) -> Value:
    """What a matrix is after ``x[i, j] <- value``."""
    cells, height, width = _cells(context, x)
    of_rows, of_columns = labels_of(x)
    chosen_rows = inside(positions(context, rows, height, of_rows), height)
    chosen_columns = inside(positions(context, columns, width, of_columns), width)
    given: Sequence[Atom] = context.atoms(value)
    count = len(chosen_rows) * len(chosen_columns)
    if count and (not given or count % len(given)):
        raise Refusal("G201", f"{len(given)} values do not fill {count} cells")
    context.spend(count)
    result = x if isinstance(x, Elements) else Elements(cells, None, Shape(height, width))
    result, given = fitted(context, result, given)
    for k, (j, i) in enumerate(product(chosen_columns, chosen_rows)):
        result = result.replaced(j * height + i, given[k % len(given)])
    return result


def dim(context: Context, x: Value) -> Value:
    """``dim(x)``."""
    size = dimensions(context, x)
    return NULL if size is None else Elements([context.integer(n) for n in size])


def height(context: Context, x: Value) -> Value:
    """``nrow(x)``; NROW of a vector is its length."""
    size = dimensions(context, x)
    return NULL if size is None else context.integer(size[0])


def width(context: Context, x: Value) -> Value:
    """``ncol(x)``."""
    size = dimensions(context, x)
    return NULL if size is None else context.integer(size[1])


def set_dim(context: Context, x: Value, value: Value) -> Value:
    """What ``x`` is after ``dim(x) <- value``."""
    atoms = context.atoms(x, 0)
    if value is NULL:
        return vector_of(atoms)
    sizes = [context.whole(n, "a dimension") for n in context.atoms(value)]
    if len(sizes) != 2:
        raise Refusal("G104", "arrays of other than two dimensions are not available")
    if sizes[0] * sizes[1] != len(atoms):
        raise Refusal(
            "G201", f"{len(atoms)} elements do not make {sizes[0]} rows and {sizes[1]} columns"
        )
    return Elements(atoms, None, Shape(sizes[0], sizes[1]))


def transpose(context: Context, x: Value) -> Value:
    """``t(x)``; a vector becomes one row."""
    if dimensions(context, x) is None:
        atoms = context.atoms(x, 0)
        names = x.names if isinstance(x, Elements) else None
        return Elements(atoms, None, Shape(1, len(atoms), None, names))
    cells, rows, columns = _cells(context, x)
    turned = [cells[j * rows + i] for i in range(rows) for j in range(columns)]
    left, top = labels_of(x)
    return Elements(turned, None, Shape(columns, rows, top, left))


def _bind(context: Context, dots: Dots, by_column: bool) -> Value:
    """``cbind`` and ``rbind`` of vectors and matrices, all as columns of one length."""
    lines: list[list[Atom]] = []
    own: list[str] = []
    symbols = _symbols(context, len(dots.items))
    across: Labels = None
    for k, (name, value) in enumerate(dots.items):
        if value is NULL:
            continue
        if dimensions(context, value) is None:
            lines.append(list(context.atoms(value, k)))
            own.append(name or symbols[k])
            across = across or (value.names if isinstance(value, Elements) else None)
            continue
        turned = value if by_column else transpose(context, value)
        cells, rows, columns = _cells(context, turned)
        lines += [cells[j * rows : (j + 1) * rows] for j in range(columns)]
        left, top = labels_of(turned)
        own += top or [""] * columns
        across = left or across
    longest = max((len(line) for line in lines), default=0)
    widths = [dimensions(context, v) for _, v in dots.items if dimensions(context, v) is not None]
    if any(size is not None and size[not by_column] != longest for size in widths):
        raise Refusal("G201", "a vector does not fit the matrix that it is bound to")
    if any(not line or longest % len(line) for line in lines):
        raise Refusal("G201", "the vectors that are bound together differ in length")
    cells = [cell for line in lines for cell in line * (longest // len(line))]
    context.spend(len(cells))
    names = tuple(own) if any(own) else None
    across = across if across and len(across) == longest else None
    shape = Shape(longest, len(lines), across, names)
    whole = Elements(one_sort(context, cells), None, shape)
    return whole if by_column else transpose(context, whole)


def _symbols(context: Context, count: int) -> list[str]:
    """The variables that the arguments of the call of ``cbind`` are, which name its columns."""
    scope, node = context.at if context.at is not None else (None, 0)
    if scope is None or scope.tree.head(node) not in ("cbind", "rbind"):
        return [""] * count
    arguments = scope.args(node)
    found = [(scope.name_of(a) or "") if scope.kinds[a] == NAME else "" for a in arguments]
    return [""] * count if len(found) != count or "..." in found else found


def bind_columns(context: Context, dots: Dots) -> Value:
    """``cbind(…)``."""
    return _bind(context, dots, by_column=True)


def bind_rows(context: Context, dots: Dots) -> Value:
    """``rbind(…)``."""
    return _bind(context, dots, by_column=False)


def frame(context: Context, dots: Dots, strings: Value, check: Value) -> Value:
    """``data.frame(…)``: columns of one length."""
    if strings is not ABSENT and context.flag(strings, "'stringsAsFactors'"):
        texts = (value for _, value in dots.items if _has_text(value))
        if next(texts, None) is not None:
            raise Refusal("G104", "factors are not available: stringsAsFactors makes them")
    names = [name or f"V{k}" for k, (name, _) in enumerate(dots.items, 1)]
    lengths = {n for n in (context.length_of(value) for _, value in dots.items) if n is not None}
    longest = max(lengths, default=0)
    if any(not n or longest % n for n in lengths):
        raise Refusal("G201", "the columns of a data frame differ in length")
    columns: list[Value] = []
    for _, value in dots.items:
        if context.length_of(value) in (None, longest):
            columns.append(vector_of(value.items) if isinstance(value, Elements) else value)
        else:
            atoms = context.atoms(value)
            columns.append(vector_of(atoms * (longest // len(atoms))))
    return Items(tuple(columns), tuple(names), is_frame=True)


def _has_text(value: Value) -> bool:
    parts = value.items if isinstance(value, Elements) else (value,)
    return any(isinstance(part, Text) for part in parts)


def expand_grid(context: Context, dots: Dots, strings: Value, keep: Value) -> Value:
    """``expand.grid(…)``: all combinations, the first factor running fastest."""
    if len(dots.items) == 1 and isinstance(dots.items[0][1], Items):
        only = dots.items[0][1]
        labels: Sequence[str | None] = only.names or (None,) * len(only.values)
        dots = Dots(tuple(zip(labels, only.values, strict=True)))
    factors = [context.atoms(value, k) for k, (_, value) in enumerate(dots.items)]
    count = 1
    for factor in factors:
        count = bounded(count * len(factor))
    context.spend(count * max(len(factors), 1))
    names = [name or f"Var{k}" for k, (name, _) in enumerate(dots.items, 1)]
    columns: list[Value] = []
    each = 1
    for factor in factors:
        once = [item for item in factor for _ in range(each)]
        columns.append(vector_of(once * (count // len(once)) if once else []))
        each *= len(factor)
    return Items(tuple(columns), tuple(names), is_frame=True)


def as_matrix(context: Context, x: Value, dots: Dots) -> Value:
    """``as.matrix(x)``: a data frame as its numbers; a column is a vector here, as everywhere."""
    if not isinstance(x, Items):
        return x
    names = x.names or ("",) * len(x.values)
    columns = zip((name or None for name in names), x.values, strict=True)
    return bind_columns(context, Dots(tuple(columns)))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("matrix", "data? nrow? ncol? byrow? dimnames?", matrix),
    ("dim", "x", dim),
    ("as.matrix", "x ...", as_matrix),
    ("dim<-", "x value", set_dim),
    ("nrow", "x", height),
    ("ncol", "x", width),
    ("rownames", "x", row_names),
    ("colnames", "x", column_names),
    ("dimnames", "x", dim_names),
    ("rownames<-", "x value", set_row_names),
    ("colnames<-", "x value", set_column_names),
    ("dimnames<-", "x value", set_dim_names),
    ("t", "x", transpose),
    ("cbind", "...", bind_columns),
    ("rbind", "...", bind_rows),
    ("data.frame", "... stringsAsFactors? check.names?", frame),
    ("expand.grid", "... stringsAsFactors? KEEP.OUT.ATTRS?", expand_grid),
)
